using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MeshActors.Transport.Chance;

namespace MeshActors.Peers;

/// <summary>In which order peers are tried: the nearer and less loaded first, with chance among the best two.</summary>
/// <remarks>
/// The cost of a peer is its round trip times the tasks it would then run. Round trips are rounded up to a step, or every
/// task would go to the peer that is nearer by a microsecond; one not measured counts as the median of the others. The
/// first of the best two is tried first with a chance that shrinks as its cost grows: so a burst is spread although each
/// decision is made with figures that are a little old (Mitzenmacher, 2001).
/// </remarks>
internal static class PeerRanking
{
    /// <summary>Round trips closer together than this are equal.</summary>
    public static readonly TimeSpan LatencyStep = TimeSpan.FromMilliseconds(2);

    /// <summary>Orders candidates, best first.</summary>
    public static ImmutableArray<PeerCandidate> Rank(IReadOnlyList<RankedPeer> peers, IRandomSource random)
    {
        var median = Median(peers);
        var ranked = peers
            .Select(peer => (Peer: peer, Cost: CostOf(peer, median), Tie: random.NextUInt64()))
            .OrderBy(entry => entry.Peer.Standing)
            .ThenBy(entry => entry.Cost)
            .ThenBy(entry => entry.Tie)
            .ToArray();
        if (ranked.Length >= 2
            && ranked[0].Peer.Standing == ranked[1].Peer.Standing
            && random.NextDouble() * (ranked[0].Cost + ranked[1].Cost) < ranked[0].Cost)
        {
            (ranked[0], ranked[1]) = (ranked[1], ranked[0]);
        }

        return [.. ranked.Select(entry => entry.Peer.Candidate)];
    }

    private static double CostOf(RankedPeer peer, TimeSpan median)
    {
        var steps = Math.Ceiling((peer.Candidate.Latency ?? median) / LatencyStep);
        return Math.Max(1, steps) * (1 + peer.Load);
    }

    private static TimeSpan Median(IReadOnlyList<RankedPeer> peers)
    {
        var known = peers.Select(peer => peer.Candidate.Latency).OfType<TimeSpan>().Order().ToArray();
        return known.Length == 0 ? LatencyStep : known[known.Length / 2];
    }
}

/// <summary>A candidate with what its rank depends on.</summary>
/// <param name="Candidate">What the asker gets.</param>
/// <param name="Standing">Better standing goes first, whatever the cost.</param>
/// <param name="Load">Tasks there, and those that are probably on their way.</param>
internal readonly record struct RankedPeer(PeerCandidate Candidate, PeerStanding Standing, int Load);

/// <summary>What speaks against a peer, from nothing to most.</summary>
internal enum PeerStanding
{
    /// <summary>The directory names it.</summary>
    Listed,

    /// <summary>It is remembered only.</summary>
    Remembered,

    /// <summary>It has refused a task just now.</summary>
    Busy,

    /// <summary>Its tunnel closed and no probe has reached it since.</summary>
    Unreachable,
}
