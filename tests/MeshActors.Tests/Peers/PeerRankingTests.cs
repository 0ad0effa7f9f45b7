using System;
using System.Collections.Generic;
using System.Linq;
using CsCheck;
using MeshActors.Peers;
using MeshActors.TestKit.Simulation;
using MeshActors.Tests.Discovery;
using Xunit;

namespace MeshActors.Tests.Peers;

public sealed class PeerRankingTests
{
    private const int Rounds = 4_000;

    [Fact]
    public void The_nearest_two_share_the_first_place_by_their_cost()
    {
        // 10 ms are 5 steps, 30 ms are 15: three of four go to the nearer.
        var firsts = CountFirsts(Peer(1, 10), Peer(2, 30), Peer(3, 60));

        Assert.InRange(firsts[1], 0.72 * Rounds, 0.78 * Rounds);
        Assert.InRange(firsts[2], 0.22 * Rounds, 0.28 * Rounds);
        Assert.False(firsts.ContainsKey(3));
    }

    [Fact]
    public void A_loaded_peer_counts_as_farther()
    {
        // 10 ms with 3 tasks costs as much as 40 ms with none.
        var firsts = CountFirsts(Peer(1, 10, load: 3), Peer(2, 40));

        Assert.InRange(firsts[1], 0.47 * Rounds, 0.53 * Rounds);
    }

    [Fact]
    public void Differences_below_a_step_mean_nothing()
    {
        var firsts = CountFirsts(Peer(1, 0.2), Peer(2, 0.3), Peer(3, 1.9), Peer(4, null));

        Assert.All(Enumerable.Range(1, 4), number => Assert.InRange(firsts[number], 0.22 * Rounds, 0.28 * Rounds));
    }

    [Fact]
    public void What_speaks_against_a_peer_counts_before_distance_and_load()
    {
        var ranked = PeerRanking.Rank(
            [
                Peer(1, 1, standing: PeerStanding.Unreachable),
                Peer(2, 1, standing: PeerStanding.Busy),
                Peer(3, 50, standing: PeerStanding.Remembered),
                Peer(4, 200, load: 9),
            ],
            new SimRandom(1));

        Assert.Equal([4, 3, 2, 1], ranked.Select(Number));
    }

    [Fact]
    public void Every_peer_is_ranked_once() =>
        Gen.Select(Gen.ULong, Gen.Select(Gen.Double[0, 500], Gen.Int[0, 9], Gen.Enum<PeerStanding>()).Array[0, 12])
            .Sample((seed, peers) =>
            {
                var input = peers.Select((p, i) => Peer(i, p.Item1, p.Item2, p.Item3)).ToArray();
                var ranked = PeerRanking.Rank(input, new SimRandom(seed));
                return ranked.Select(Number).Order().SequenceEqual(Enumerable.Range(0, peers.Length));
            });

    private static Dictionary<int, int> CountFirsts(params RankedPeer[] peers)
    {
        var random = new SimRandom(7);
        return Enumerable.Range(0, Rounds)
            .Select(_ => Number(PeerRanking.Rank(peers, random)[0]))
            .CountBy(number => number)
            .ToDictionary();
    }

    private static int Number(PeerCandidate candidate) => (int)candidate.Peer.Address.Value - 1;

    private static RankedPeer Peer(
        int number, double? latencyMs, int load = 0, PeerStanding standing = PeerStanding.Listed) => new(
        new PeerCandidate(
            SomeNodes.Peer(number),
            null,
            [SomeNodes.Offer("fx")],
            1,
            latencyMs is { } ms ? TimeSpan.FromMilliseconds(ms) : null,
            load,
            Reachable: true),
        standing,
        load);
}
