using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Tunnels;

namespace MeshActors.TestKit.Simulation;

/// <summary>What happens in one run of a <see cref="TunnelPair"/>: all of it follows from a seed.</summary>
/// <param name="Link">The network between the two, both directions.</param>
/// <param name="CorruptPercent">How many of a hundred datagrams arrive with a bit flipped.</param>
/// <param name="BothDial">Whether both nodes dial, at about the same time.</param>
/// <param name="StreamsPerNode">Streams each node opens.</param>
/// <param name="MostMessages">Most messages on a stream, each way.</param>
/// <param name="LargestMessage">Bytes of the largest message; most are much smaller.</param>
/// <param name="Failures">How often a node loses its session and dials again.</param>
/// <param name="Restart">Whether a node loses all its state once.</param>
internal sealed record TunnelPairScenario(
    SimLink Link,
    double CorruptPercent,
    bool BothDial,
    int StreamsPerNode,
    int MostMessages,
    int LargestMessage,
    int Failures,
    bool Restart)
{
    /// <summary>Every path carries 1,200 bytes; messages of handshakes are as long.</summary>
    private static readonly int[] Mtus = [1_200, 1_280, 1_300, 1_420, 1_460, 1_472, 4_000, 9_000, 20_000, 65_507];

    /// <summary>When sessions are replaced.</summary>
    public RekeySettings Rekey { get; init; } = new();

    /// <summary>Whether both nodes are on one machine: then datagrams grow up to 65,000 bytes.</summary>
    public bool IsLoopback { get; init; }

    /// <summary>What becomes of the link, in order of time.</summary>
    public ImmutableArray<SimLinkChange> Changes { get; init; } = [];

    /// <summary>
    /// A scenario of a seed: 0 to 30 % loss, reordering, duplication, corruption, lost sessions, now and then a restart; sessions replaced every few packets
    /// or seconds; datagrams of some size lost, and the size changes; times in which nothing arrives.
    /// </summary>
    public static TunnelPairScenario FromSeed(SimRandom random)
    {
        var latency = random.Between(TimeSpan.FromMilliseconds(0.1), TimeSpan.FromMilliseconds(80));
        var jitter = random.Chance(50) ? random.Between(TimeSpan.Zero, latency) : TimeSpan.Zero;
        var link = new SimLink(
            LossPercent: random.Between(0, 30),
            DuplicatePercent: random.Chance(50) ? random.Between(0, 10) : 0,
            latency,
            latency + jitter,
            Mtu: random.Chance(50) ? Mtus[random.Below(Mtus.Length)] : 0);
        return new TunnelPairScenario(
            link,
            CorruptPercent: random.Chance(50) ? random.Between(0, 5) : 0,
            BothDial: random.Chance(50),
            StreamsPerNode: random.Between(1, 5),
            MostMessages: random.Between(1, 20),
            LargestMessage: random.Chance(5) ? 300_000 : random.Chance(20) ? 30_000 : 3_000,
            Failures: random.Chance(50) ? random.Between(1, 3) : 0,
            Restart: random.Chance(20))
        {
            Rekey = random.Chance(60) ? RekeysFrom(random) : new RekeySettings(),
            IsLoopback = random.Chance(20),
            Changes = ChangesFrom(random),
        };
    }

    private static RekeySettings RekeysFrom(SimRandom random) => new()
    {
        AfterPackets = random.Chance(50) ? (ulong)random.Between(20, 300) : ulong.MaxValue / 2,
        GracePackets = (ulong)random.Between(0, 50),
        After = random.Between(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(10)),
        Grace = random.Chance(30) ? TimeSpan.Zero : random.Between(TimeSpan.Zero, TimeSpan.FromSeconds(1)),
        FirstRetry = TimeSpan.FromMilliseconds(200),
        MostPackets = random.Chance(10) ? (ulong)random.Between(400, 1_000) : 1ul << 32,
    };

    private static ImmutableArray<SimLinkChange> ChangesFrom(SimRandom random)
    {
        var changes = new List<SimLinkChange>();
        for (var left = random.Chance(40) ? random.Between(1, 4) : 0; left > 0; left--)
        {
            changes.Add(new SimLinkChange(SomeTime(random), Mtu: Mtus[random.Below(Mtus.Length)]));
        }

        for (var left = random.Chance(30) ? random.Between(1, 2) : 0; left > 0; left--)
        {
            var from = SomeTime(random);
            changes.Add(new SimLinkChange(from, IsDown: true));
            changes.Add(new SimLinkChange(
                from + random.Between(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(12)), IsDown: false));
        }

        return [.. changes.OrderBy(change => change.At)];
    }

    private static TimeSpan SomeTime(SimRandom random) => random.Between(TimeSpan.Zero, TimeSpan.FromSeconds(6));
}
