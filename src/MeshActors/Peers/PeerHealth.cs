using System;
using MeshActors.Transport.Addressing;

namespace MeshActors.Peers;

/// <summary>What the actor of an entry knows about its peer.</summary>
/// <param name="Peer">Which one.</param>
/// <param name="Latency">Smoothed round trip, or null when none was measured.</param>
/// <param name="Reachable">False when its tunnel closed and no probe has reached it since.</param>
/// <param name="Freshness">How long ago the directory named it.</param>
internal sealed record PeerHealth(MeshAddress Peer, TimeSpan? Latency, bool Reachable, PeerFreshness Freshness)
{
    /// <summary>Of a peer nothing was tried with.</summary>
    public static PeerHealth Unknown(MeshAddress peer) => new(peer, null, Reachable: true, PeerFreshness.Fresh);
}

/// <summary>How long ago the directory named a peer.</summary>
internal enum PeerFreshness
{
    /// <summary>Within the lifetime of an entry.</summary>
    Fresh,

    /// <summary>Longer ago: used when no backbone answers.</summary>
    Stale,

    /// <summary>So long ago that its address may be another's.</summary>
    Forgotten,
}
