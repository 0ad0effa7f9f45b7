using System;
using MeshActors.Transport.Congestion;
using MeshActors.Transport.Time;
using Xunit;

namespace MeshActors.Transport.Tests.Congestion;

/// <summary>draft-cheng-iccrg-delivery-rate-estimation-02, section 3.</summary>
public sealed class DeliveryRateTests
{
    private readonly DeliveryRate _rate = new();
    private readonly SendSnapshot[] _sent = new SendSnapshot[10];

    [Fact]
    public void The_rate_is_what_was_delivered_while_a_packet_was_on_its_way()
    {
        Send(0, priorInFlight: 0, at: 0);
        Send(1, priorInFlight: 1_000, at: 10);
        Acknowledge(0, 1_000, sentAt: 0, at: 100);

        var sample = Acknowledge(1, 1_000, sentAt: 10, at: 110);

        // Two packets since packet 1 left, at 10 ms; nothing was delivered when the flow began, at 0 ms.
        Assert.Equal(2_000 / 0.110, sample.BytesPerSecond, 3);
        Assert.Equal(2_000, sample.DeliveredBytes);
    }

    [Fact]
    public void Acknowledgements_that_come_at_once_are_not_faster_than_the_packets_left()
    {
        Send(0, 0, at: 0);
        Acknowledge(0, 1_000, sentAt: 0, at: 10);
        Send(1, 0, at: 100);
        Send(2, 1_000, at: 150);

        var sample = Acknowledge(2, 2_000, sentAt: 150, at: 160);

        Assert.Equal(TimeSpan.FromMilliseconds(60), sample.Interval);
    }

    [Fact]
    public void An_interval_below_the_shortest_round_trip_says_nothing()
    {
        Send(0, 0, at: 0);

        Assert.Equal(0, _rate.HandleAcked(1_000, _sent[0], At(0), TimeSpan.FromMilliseconds(20), At(10)).BytesPerSecond);
    }

    [Fact]
    public void Samples_are_marked_until_what_was_in_flight_at_the_pause_is_delivered()
    {
        Send(0, 0, at: 0);
        _rate.HandleAppLimited(bytesInFlight: 1_000);
        Send(1, 1_000, at: 1);
        Assert.False(Acknowledge(0, 1_000, sentAt: 0, at: 10).IsAppLimited);
        Assert.True(_rate.IsAppLimited);
        Assert.True(Acknowledge(1, 1_000, sentAt: 1, at: 11).IsAppLimited);
        Assert.False(_rate.IsAppLimited);
    }

    private void Send(int index, long priorInFlight, double at) =>
        _rate.HandleSent(ref _sent[index], priorInFlight, 1_000, At(at));

    private RateSample Acknowledge(int newest, long bytes, double sentAt, double at) =>
        _rate.HandleAcked(bytes, _sent[newest], At(sentAt), TimeSpan.FromMilliseconds(1), At(at));

    private static MonoTime At(double milliseconds) => new MonoTime(0) + TimeSpan.FromMilliseconds(milliseconds);
}
