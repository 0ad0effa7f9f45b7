using System;
using System.Collections.Immutable;
using MeshActors.Transport.Addressing;

namespace MeshActors.Peers;

/// <summary>Asks the peer cache for its <see cref="PeersStatus"/>.</summary>
internal sealed record PeersStatusRequested
{
    public static readonly PeersStatusRequested Instance = new();
}

/// <summary>The peers remembered, in order of their addresses.</summary>
internal sealed record PeersStatus(ImmutableArray<PeerStatus> Peers);

/// <summary>One peer remembered.</summary>
/// <param name="Peer">Which one.</param>
/// <param name="Latency">Smoothed round trip, or null when none was measured.</param>
/// <param name="Running">Tasks of this node that run there.</param>
/// <param name="Reachable">False when its tunnel closed and no probe has reached it since.</param>
/// <param name="Freshness">How long ago the directory named it.</param>
internal sealed record PeerStatus(
    MeshAddress Peer, TimeSpan? Latency, int Running, bool Reachable, PeerFreshness Freshness);
