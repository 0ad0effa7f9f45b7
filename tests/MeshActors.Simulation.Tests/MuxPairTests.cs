using System;
using System.Linq;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Streams;
using Xunit;

namespace MeshActors.Simulation.Tests;

public sealed class MuxPairTests
{
    private const int Seeds = 500;

    [Fact]
    public void Every_message_arrives_once_and_in_order_nothing_stays_behind_and_each_seed_plays_alike_again()
    {
        for (var seed = 0ul; seed < Seeds; seed++)
        {
            var result = MuxPair.Run(seed);
            Assert.True(result.Failure is null, $"seed {seed}: {result.Failure}");
            Assert.True(MuxPair.Run(seed).TraceHash == result.TraceHash, $"seed {seed} made two different runs");
        }
    }

    [Fact]
    public void Different_seeds_make_different_runs() =>
        Assert.Equal(50, Enumerable.Range(0, 50).Select(seed => MuxPair.Run((ulong)seed).TraceHash).Distinct().Count());

    [Fact]
    public void Lines_are_kept_when_asked_for_and_change_nothing()
    {
        var kept = MuxPair.Run(7, keepLines: true);

        Assert.NotEmpty(kept.Trace);
        Assert.Equal(MuxPair.Run(7).TraceHash, kept.TraceHash);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public void A_message_of_16_mib_arrives_beside_all_others(int lossPercent)
    {
        var latency = TimeSpan.FromMilliseconds(2);
        var scenario = new MuxPairScenario(
            new SimLink(lossPercent, 1, latency, 2 * latency),
            StreamsPerNode: 4,
            MostMessages: 20,
            LargestMessage: 200_000,
            OneOfLength: StreamLimits.MaxMessageBytes,
            ResetPercent: 0,
            Replacements: 2,
            SlowestHandler: TimeSpan.FromMilliseconds(20));

        var result = new MuxPair(3, scenario, keepLines: false).Run();

        Assert.Null(result.Failure);
    }
}
