using System;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Identity;

namespace MeshActors.Transport.Tests.Remoting;

/// <summary>Peers to dial: real certificates, fresh keys.</summary>
internal static class TestPeers
{
    private static readonly DateTimeOffset Issued = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>A peer with that number as its address, at that endpoint.</summary>
    public static PeerRecord Create(ulong number, string endpoint = "192.0.2.1:7400")
    {
        using var root = RootIdentity.Create(SystemRandomSource.Instance);
        using var identity = NodeIdentity.Issue(
            root,
            new MeshAddress(0, number),
            0,
            NodeRoles.Agent,
            Issued,
            TimeSpan.FromDays(1),
            SystemRandomSource.Instance);
        return new PeerRecord(
            identity.Certificate, UdpEndpoint.TryParse(endpoint, out var parsed) ? [parsed] : []);
    }
}
