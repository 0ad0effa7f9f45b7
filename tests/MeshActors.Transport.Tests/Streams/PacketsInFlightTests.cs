using System;
using MeshActors.Transport.Streams;
using Xunit;

namespace MeshActors.Transport.Tests.Streams;

/// <summary>The bound of packets in flight stops content, and nothing that would free it.</summary>
public sealed class PacketsInFlightTests
{
    private const int MessageBytes = 70_000;

    private static readonly StreamLimits Few = new() { PacketsInFlight = 16 };

    [Fact]
    public void Two_sides_at_their_bound_acknowledge_each_other()
    {
        var twins = new MuxTwins(Few);

        SayMuch(twins);
        twins.Run(TimeSpan.FromSeconds(60));

        CheckHeard(twins);
    }

    /// <summary>Every packet from the 16th on is lost for a while: the acknowledgements that both sides owe, and first probes.</summary>
    [Fact]
    public void Acknowledgements_lost_at_the_bound_are_asked_for_again()
    {
        var twins = new MuxTwins(Few) { Loses = (_, number) => number is >= 16 and < 40 };

        SayMuch(twins);
        twins.Run(TimeSpan.FromSeconds(600));

        CheckHeard(twins);
    }

    [Fact]
    public void A_peer_that_never_acknowledges_makes_nobody_remember_more_than_the_bound_and_a_little()
    {
        var twins = new MuxTwins(Few) { Loses = (from, _) => from == 1 };

        SayMuch(twins);
        twins.Run(TimeSpan.FromHours(1));

        Assert.InRange(twins.A.Statistics.PacketsSent, 10, 16 + 64);
    }

    private static void SayMuch(MuxTwins twins)
    {
        foreach (var mux in new[] { twins.A, twins.B })
        {
            Assert.True(mux.TryOpen(StreamLane.Association, out var id));
            Assert.Equal(SendOutcome.Accepted, mux.Send(id, new byte[MessageBytes]));
        }
    }

    private static void CheckHeard(MuxTwins twins) => Assert.All(
        twins.Events,
        events => Assert.Equal(
            MessageBytes, Assert.Single(events, happened => happened.Kind == StreamEventKind.Message).Message.Length));
}
