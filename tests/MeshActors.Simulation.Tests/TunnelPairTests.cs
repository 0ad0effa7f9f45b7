using System;
using System.Linq;
using MeshActors.TestKit.Simulation;
using Xunit;

namespace MeshActors.Simulation.Tests;

public sealed class TunnelPairTests
{
    /// <summary>Two whole nodes, 0 to 30 % loss, reordering, duplication, corruption, lost sessions, restarts, rekeys, holes, outages; each seed twice.</summary>
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

    /// <summary>All packets under a first session were lost until the responder forgot it, and the initiator's streams ended as if it had restarted.</summary>
    [Theory]
    [InlineData(459)]
    [InlineData(4598)]
    [InlineData(9039)]
    public void A_first_session_that_was_forgotten_unconfirmed_ends_no_stream(ulong seed) =>
        Assert.Null(TunnelPair.Run(seed).Failure);

    /// <summary>What the scenarios are there for does happen: rekeys, probes for larger datagrams, and data in them.</summary>
    [Fact]
    public void Sessions_follow_each_other_and_datagrams_grow_in_some_of_the_seeds()
    {
        var rekeys = 0;
        var grown = 0;
        for (var seed = 0ul; seed < 150; seed++)
        {
            var lines = TunnelPair.Run(seed, keepLines: true).Trace;
            rekeys += lines.Any(line => line.Contains("sends 226 ", StringComparison.Ordinal)) ? 1 : 0;
            grown += lines.Count(line => line.EndsWith(" 1472", StringComparison.Ordinal)) > 3 ? 1 : 0;
        }

        Assert.True(rekeys > 10, $"only {rekeys} seeds with three sessions");
        Assert.True(grown > 1, $"only {grown} seeds with larger datagrams");
    }

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
