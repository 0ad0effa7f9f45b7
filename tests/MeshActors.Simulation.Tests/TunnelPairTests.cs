using MeshActors.TestKit.Simulation;
using Xunit;

namespace MeshActors.Simulation.Tests;

public sealed class TunnelPairTests
{
    /// <summary>Two whole nodes, 0 to 30 % loss, reordering, duplication, corruption, lost sessions, restarts; each seed twice.</summary>
    [Fact]
    public void Five_hundred_seeds_deliver_every_message_once_and_in_order_and_play_alike_again()
    {
        for (var seed = 0ul; seed < 500; seed++)
        {
            var first = TunnelPair.Run(seed);
            Assert.True(first.Failure is null, $"seed {seed}: {first.Failure}");
            Assert.True(first.TraceHash == TunnelPair.Run(seed).TraceHash, $"seed {seed} plays differently");
        }
    }

    /// <summary>Both dialled around a restart: one side came back to a state of the streams that it had given up.</summary>
    [Theory]
    [InlineData(105142)]
    [InlineData(107740)]
    [InlineData(111952)]
    [InlineData(114991)]
    [InlineData(116538)]
    public void A_state_that_was_given_up_is_never_taken_again(ulong seed) => Assert.Null(TunnelPair.Run(seed).Failure);

    [Fact]
    public void Different_seeds_play_differently() =>
        Assert.NotEqual(TunnelPair.Run(1).TraceHash, TunnelPair.Run(2).TraceHash);

    /// <summary>The oracle can fail: nothing arrives, and the run says so.</summary>
    [Fact]
    public void A_network_that_loses_everything_is_noticed()
    {
        var scenario = new TunnelPairScenario(
            SimLink.Perfect with { LossPercent = 100 },
            CorruptPercent: 0,
            BothDial: true,
            StreamsPerNode: 1,
            MostMessages: 1,
            LargestMessage: 100,
            Failures: 0,
            Restart: false);
        using var pair = new TunnelPair(1, scenario, keepLines: false);

        Assert.NotNull(pair.Run().Failure);
    }
}
