using System.Collections.Generic;
using MeshActors.Transport.Addressing;

namespace MeshActors.Transport.Nodes;

/// <summary>What a node's tunnels have carried since its start, by the kind of way, and the peers behind the relayed part.</summary>
/// <param name="DirectBytes">To endpoints that peers were known by, bytes of datagrams both ways.</param>
/// <param name="PunchedBytes">To endpoints that were found while tunnels were open.</param>
/// <param name="RelayedBytes">Over relays.</param>
/// <param name="Peers">Peers of tunnels that have not ended and that relays carry or have carried, most bytes first.</param>
public sealed record RelayUsage(long DirectBytes, long PunchedBytes, long RelayedBytes, IReadOnlyList<RelayedPeerUsage> Peers)
{
    /// <summary>The relayed share, 0 to 1.</summary>
    public double Ratio => DirectBytes + PunchedBytes + RelayedBytes is > 0 and var all ? (double)RelayedBytes / all : 0;
}

/// <summary>A peer that relays carry or have carried.</summary>
/// <param name="Address">The peer.</param>
/// <param name="Bytes">Relayed both ways.</param>
/// <param name="OwnNat">How this node's NATs map: <c>none</c>, <c>endpoint-independent</c>, <c>address-and-port-dependent, ports random</c>, <c>udp-blocked</c>, <c>unknown</c>.</param>
/// <param name="PeerNat">How the peer's do, as it says.</param>
/// <param name="Guessing">What has come of guessing ports to get a direct path: <c>not-tried</c>, <c>waiting</c>, <c>under-way</c>, <c>found</c>, <c>nothing-fits</c>, <c>nothing-came</c>,
/// <c>not-answered</c>, <c>refused</c>, <c>not-foretold</c>, <c>no-sockets</c>, <c>switched-off</c>, <c>not-trusted</c>.</param>
/// <param name="Why">Why relays carry it, for people.</param>
public sealed record RelayedPeerUsage(MeshAddress Address, long Bytes, string OwnNat, string PeerNat, string Guessing, string Why);
