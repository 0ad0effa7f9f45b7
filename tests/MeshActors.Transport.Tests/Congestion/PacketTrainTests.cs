using System;
using MeshActors.Transport.Congestion;
using MeshActors.Transport.Time;
using Xunit;

namespace MeshActors.Transport.Tests.Congestion;

public sealed class PacketTrainTests
{
    private const int Datagram = 1200;

    private readonly PacketTrain _train = new();

    [Fact]
    public void Acknowledgements_that_come_evenly_for_packets_sent_at_once_show_the_rate_of_the_queue_that_spread_them()
    {
        for (var i = 0; i < 5; i++)
        {
            Acknowledge(sentAtUs: 0, ackedAtUs: 30_000 + (192 * i));
        }

        Assert.Equal(2 * Datagram / 192e-6, _train.BytesPerSecond, tolerance: 1);
    }

    [Fact]
    public void The_fastest_of_several_trains_counts()
    {
        for (var i = 0; i < 5; i++)
        {
            Acknowledge(sentAtUs: 0, ackedAtUs: 30_000 + (192 * i));
        }

        for (var i = 0; i < 5; i++)
        {
            Acknowledge(sentAtUs: 31_000, ackedAtUs: 61_000 + (96 * i));
        }

        for (var i = 0; i < 5; i++)
        {
            Acknowledge(sentAtUs: 62_000, ackedAtUs: 92_000 + (384 * i));
        }

        Assert.Equal(2 * Datagram / 96e-6, _train.BytesPerSecond, tolerance: 1);
    }

    [Fact]
    public void Packets_that_left_as_slowly_as_they_were_acknowledged_show_nothing()
    {
        for (var i = 0; i < 20; i++)
        {
            Acknowledge(sentAtUs: 192 * i, ackedAtUs: 30_000 + (192 * i));
        }

        Assert.Equal(0, _train.BytesPerSecond);
    }

    [Fact]
    public void Acknowledgements_in_clumps_show_nothing()
    {
        foreach (var at in (int[])[0, 10, 2_000, 2_010, 4_000, 4_010])
        {
            Acknowledge(sentAtUs: 0, ackedAtUs: 30_000 + at);
        }

        Assert.Equal(0, _train.BytesPerSecond);
    }

    [Fact]
    public void One_acknowledgement_of_many_packets_after_another_is_no_train()
    {
        Acknowledge(sentAtUs: 0, ackedAtUs: 30_000);
        Acknowledge(sentAtUs: 0, ackedAtUs: 34_000, packets: 8);

        Assert.Equal(0, _train.BytesPerSecond);
    }

    private void Acknowledge(long sentAtUs, long ackedAtUs, int packets = 2)
    {
        var now = At(ackedAtUs);
        _train.HandleAcked(
            new AckedFact(now, packets * Datagram, 0, 0, 0, At(sentAtUs), 0, now - At(sentAtUs), now - At(sentAtUs), default), Datagram);
    }

    private static MonoTime At(long microseconds) => new(microseconds * TimeSpan.TicksPerMicrosecond);
}
