using System;

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
    /// <summary>A scenario of a seed: 0 to 30 % loss, reordering, duplication, corruption, lost sessions, now and then a restart.</summary>
    public static TunnelPairScenario FromSeed(SimRandom random)
    {
        var latency = random.Between(TimeSpan.FromMilliseconds(0.1), TimeSpan.FromMilliseconds(80));
        var jitter = random.Chance(50) ? random.Between(TimeSpan.Zero, latency) : TimeSpan.Zero;
        var link = new SimLink(
            LossPercent: random.Between(0, 30),
            DuplicatePercent: random.Chance(50) ? random.Between(0, 10) : 0,
            latency,
            latency + jitter);
        return new TunnelPairScenario(
            link,
            CorruptPercent: random.Chance(50) ? random.Between(0, 5) : 0,
            BothDial: random.Chance(50),
            StreamsPerNode: random.Between(1, 5),
            MostMessages: random.Between(1, 20),
            LargestMessage: random.Chance(5) ? 300_000 : 3_000,
            Failures: random.Chance(50) ? random.Between(1, 3) : 0,
            Restart: random.Chance(20));
    }
}
