using System;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Remoting;
using MeshActors.Transport.Sockets;
using MeshActors.Transport.Time;

namespace MeshActors.Tests.Hosting;

/// <summary>Identity and trust of one node in memory: a root key of its own, and a fleet secret.</summary>
internal sealed class LoopbackKeys : IDisposable
{
    private readonly FleetSecret? _ownSecret;

    /// <param name="secret">Of the fleet; null makes one, for a fleet of one.</param>
    /// <param name="clock">Time of its transport; null for the system's.</param>
    /// <param name="overSockets">What stands before its sockets; null for nothing.</param>
    public LoopbackKeys(
        FleetSecret? secret = null, Clock? clock = null, Func<IDatagramSockets, IDatagramSockets>? overSockets = null)
    {
        _ownSecret = secret is null ? FleetSecret.Generate(SystemRandomSource.Instance) : null;
        Identity = Issue();
        Setup = new MeshTransportSetup
        {
            Identity = Identity,
            Trust = new TrustSettings(realm: 0, [secret ?? _ownSecret!], []),
            Clock = clock ?? Clock.System,
            OverSockets = overSockets,
        };
    }

    public NodeIdentity Identity { get; }

    public MeshTransportSetup Setup { get; }

    public void Dispose()
    {
        Identity.Dispose();
        _ownSecret?.Dispose();
    }

    private static NodeIdentity Issue()
    {
        using var root = RootIdentity.Create(SystemRandomSource.Instance);
        Span<byte> key = stackalloc byte[RootKey.Size];
        root.PublicKey.CopyTo(key);
        ushort salt = 0;
        MeshAddress? address;
        while ((address = AddressDerivation.Derive(key, 0, salt)) is null)
        {
            salt++;
        }

        return NodeIdentity.Issue(
            root,
            address.Value,
            salt,
            NodeRoles.Agent,
            Clock.System.UtcNow,
            TimeSpan.FromDays(1),
            SystemRandomSource.Instance);
    }
}
