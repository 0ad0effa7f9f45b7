using System;

namespace MeshActors.TestKit.Simulation;

/// <summary>What happens in one run of a <see cref="MuxPair"/>: all of it follows from a seed.</summary>
/// <param name="Link">The network between the two, both directions.</param>
/// <param name="StreamsPerNode">Streams each node opens.</param>
/// <param name="MostMessages">Most messages each side sends on a stream.</param>
/// <param name="LargestMessage">Bytes of the largest message; most are much smaller.</param>
/// <param name="OneOfLength">Length of one more message that the first stream sends, 0 for none.</param>
/// <param name="ResetPercent">How many of a hundred streams one side resets.</param>
/// <param name="Replacements">How often the session is replaced.</param>
/// <param name="SlowestHandler">Longest time until a message is taken.</param>
internal sealed record MuxPairScenario(
    SimLink Link,
    int StreamsPerNode,
    int MostMessages,
    int LargestMessage,
    int OneOfLength,
    double ResetPercent,
    int Replacements,
    TimeSpan SlowestHandler)
{
    /// <summary>A scenario of a seed: 0 to 30 % loss, reordering, duplication, sessions replaced, seldom a message of up to 1 MiB.</summary>
    public static MuxPairScenario FromSeed(SimRandom random)
    {
        var latency = random.Between(TimeSpan.FromMilliseconds(0.1), TimeSpan.FromMilliseconds(80));
        var jitter = random.Chance(50) ? random.Between(TimeSpan.Zero, latency) : TimeSpan.Zero;
        var hasQueue = random.Chance(30);
        var link = new SimLink(
            LossPercent: random.Between(0, 30),
            DuplicatePercent: random.Chance(50) ? random.Between(0, 10) : 0,
            latency,
            latency + jitter,
            BytesPerSecond: hasQueue ? random.Between(100_000, 10_000_000) : 0,
            QueueBytes: hasQueue ? random.Between(10_000, 200_000) : 0);
        return new MuxPairScenario(
            link,
            StreamsPerNode: random.Between(1, 8),
            MostMessages: random.Between(1, 30),
            LargestMessage: random.Chance(5) ? 1024 * 1024 : random.Chance(30) ? 100_000 : 3_000,
            OneOfLength: 0,
            ResetPercent: random.Chance(30) ? 20 : 0,
            Replacements: random.Chance(50) ? random.Between(1, 3) : 0,
            SlowestHandler: random.Chance(50) ? TimeSpan.Zero : TimeSpan.FromMilliseconds(50));
    }
}
