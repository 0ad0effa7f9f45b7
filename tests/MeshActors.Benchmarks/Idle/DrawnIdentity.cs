using System;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Time;

namespace MeshActors.Benchmarks.Idle;

/// <summary>Identities whose address is drawn instead of derived, which would cost 16 ms each; all else is real.</summary>
internal static class DrawnIdentity
{
    private const int AddressBits = 48;

    public static NodeIdentity Make(IRandomSource random)
    {
        using var root = RootIdentity.Create(random);
        return NodeIdentity.Issue(
            root,
            new MeshAddress(0, Math.Max(1, random.NextUInt64() >> (64 - AddressBits))),
            salt: 0,
            NodeRoles.Agent,
            Clock.System.UtcNow,
            TimeSpan.FromDays(1),
            random);
    }
}
