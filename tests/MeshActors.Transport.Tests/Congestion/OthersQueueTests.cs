using System;
using MeshActors.Transport.Congestion;
using MeshActors.Transport.Time;
using Xunit;

namespace MeshActors.Transport.Tests.Congestion;

/// <summary>A path of 20 ms without a queue; round trips up to 22.5 ms count as none.</summary>
public sealed class OthersQueueTests
{
    private readonly OthersQueue _others = new();
    private readonly PathModel _path = new();

    public OthersQueueTests()
    {
        Measure(20);
    }

    [Fact]
    public void What_a_probe_left_itself_is_no_sign_of_others_while_nothing_is_lost()
    {
        Probe(24);
        Assert.False(_others.Stands);

        _others.HandleLost();
        Probe(24);
        Assert.True(_others.Stands);
    }

    [Fact]
    public void A_longer_queue_is_that_of_others()
    {
        Probe(25);

        Assert.True(_others.Stands);
    }

    [Fact]
    public void Others_are_gone_when_three_times_in_a_row_no_queue_was_seen_between_probes()
    {
        Probe(30);
        Cruise(0);
        Cruise(0.5);
        Cruise(5);
        Cruise(0);
        Cruise(0);
        Assert.True(_others.Stands);

        Cruise(0);
        Assert.False(_others.Stands);
    }

    private void Probe(double roundTripMs)
    {
        _path.EndRound();
        Measure(roundTripMs);
        Measure(roundTripMs);
        Measure(roundTripMs);
        _others.HandleProbe(_path);
    }

    private void Cruise(double queueMs)
    {
        _others.BeginCruise();
        _others.HandleRound(TimeSpan.FromMilliseconds(queueMs));
        _others.EndCruise();
    }

    private void Measure(double roundTripMs)
    {
        var roundTrip = TimeSpan.FromMilliseconds(roundTripMs);
        var now = new MonoTime(0) + roundTrip;
        _path.HandleAcked(new AckedFact(now, 1200, 0, 0, 0, new MonoTime(0), 0, roundTrip, roundTrip, default), 12_000, mayReplace: false);
    }
}
