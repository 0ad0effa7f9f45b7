using System;
using System.Net;
using System.Threading.Tasks;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Io;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Time;
using MeshActors.Transport.Tunnels;

namespace MeshActors.LinkLab.Flows;

/// <summary>A node with a fresh identity and an engine, one of the two ends of a flow.</summary>
internal sealed class MeshPeer : IAsyncDisposable
{
    private readonly RootIdentity _root = RootIdentity.Create(SystemRandomSource.Instance);
    private readonly FleetSecret _secret;
    private readonly NodeIdentity _identity;

    /// <param name="secret">The fleet secret both ends share, as text.</param>
    /// <param name="port">Where to listen; 0 takes a free one.</param>
    /// <param name="streams">Bounds of the tunnels' streams, and who decides how much is in flight.</param>
    /// <param name="handler">Told what happens.</param>
    public MeshPeer(string secret, int port, StreamLimits streams, IEngineHandler handler)
    {
        _secret = FleetSecret.Parse(secret);
        Span<byte> root = stackalloc byte[RootKey.Size];
        _root.PublicKey.CopyTo(root);
        _identity = NodeIdentity.Issue(
            _root,
            DerivedAddress(root),
            0,
            NodeRoles.Agent,
            Clock.System.UtcNow,
            TimeSpan.FromDays(1),
            SystemRandomSource.Instance);
        Engine = MeshEngine.Start(
            new EngineSettings([new IPEndPoint(IPAddress.Any, port)], new TunnelSettings { Streams = streams }),
            _identity,
            new TrustSettings(0, [_secret], []),
            Clock.System,
            SystemRandomSource.Instance,
            handler);
    }

    public MeshEngine Engine { get; }

    /// <summary>Where it listens, as this machine reaches it.</summary>
    public UdpEndpoint Loopback =>
        UdpEndpoint.From(new IPEndPoint(IPAddress.Loopback, Engine.LocalEndpoints[0].Port));

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        _identity.Dispose();
        _secret.Dispose();
        _root.Dispose();
    }

    private static MeshAddress DerivedAddress(ReadOnlySpan<byte> root) =>
        AddressDerivation.Derive(root, 0, 0)
        ?? throw new InvalidOperationException("This root key gives no address with salt 0; start again.");
}
