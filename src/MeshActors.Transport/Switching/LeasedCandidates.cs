using System.Collections.Generic;
using System.Collections.Immutable;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Switching;

/// <summary>Where a node may be reached as its leases at relays tell: over these, and where they see it.</summary>
internal static class LeasedCandidates
{
    /// <summary>Adds the relays where this node has leases.</summary>
    public static void AddRelays(List<(CandidateKind Kind, UdpEndpoint Endpoint)> candidates, IReadOnlyList<RelayLink> links)
    {
        foreach (var link in links)
        {
            if (link.Client.IsLeased)
            {
                candidates.Add((CandidateKind.Relay, RelayName.Of(link.Client.Relay)));
            }
        }
    }

    /// <summary>Adds where relays see this node.</summary>
    /// <param name="candidates">Where to add it.</param>
    /// <param name="links">The relays of this node.</param>
    /// <param name="hosts">This node's own endpoints: one that is seen from outside is that.</param>
    public static void AddSeen(
        List<(CandidateKind Kind, UdpEndpoint Endpoint)> candidates, IReadOnlyList<RelayLink> links, ImmutableArray<UdpEndpoint> hosts)
    {
        foreach (var link in links)
        {
            // What comes to a further socket says nothing of the first one, where peers are to send.
            var seen = link.Client.IsLeased && !SocketEndpoint.TryRead(link.Client.Endpoint, out _, out _) ? link.Client.Attested : default;
            if (seen != default && !candidates.Exists(known => known.Endpoint == seen))
            {
                candidates.Add((hosts.Contains(seen) ? CandidateKind.Host : CandidateKind.Reflexive, seen));
            }
        }
    }
}
