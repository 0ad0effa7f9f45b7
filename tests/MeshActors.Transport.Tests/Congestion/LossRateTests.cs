using System;
using MeshActors.Transport.Congestion;
using MeshActors.Transport.Time;
using Xunit;

namespace MeshActors.Transport.Tests.Congestion;

/// <summary>Loss of chance and loss of congestion, told apart by what sending less does to it.</summary>
public sealed class LossRateTests
{
    private const int Datagram = 1_200;

    private readonly LossRate _loss = new();
    private MonoTime _now = new(0);

    [Fact]
    public void A_few_packets_say_nothing() =>
        Assert.Equal(LossVerdict.Undecided, Round(packets: 63, lost: 10, isQuiet: true));

    [Fact]
    public void A_little_loss_is_borne_and_learned()
    {
        for (var i = 0; i < 30; i++)
        {
            Assert.Equal(LossVerdict.Borne, Round(packets: 1_000, lost: 10, isQuiet: true));
        }

        Assert.InRange(_loss.Chance, 0.009, 0.0101);
    }

    [Fact]
    public void Loss_that_stays_when_less_is_sent_is_chance_and_borne_from_then_on()
    {
        Assert.Equal(LossVerdict.Congestion, Round(packets: 1_000, lost: 50, isQuiet: true));

        Assert.Equal(LossVerdict.Chance, Round(packets: 700, lost: 35, isQuiet: true));
        Assert.Equal(LossVerdict.Borne, Round(packets: 1_000, lost: 55, isQuiet: false));
    }

    [Fact]
    public void Loss_that_goes_when_less_is_sent_was_congestion()
    {
        Round(packets: 1_000, lost: 200, isQuiet: true);

        Assert.Equal(LossVerdict.Borne, Round(packets: 700, lost: 0, isQuiet: true));
        Assert.Equal(0, _loss.Chance);
    }

    [Fact]
    public void A_policer_that_still_gets_too_much_is_not_taken_for_chance()
    {
        // It lets 200 of 1,000 through, and then 200 of 700.
        Round(packets: 1_000, lost: 800, isQuiet: true);

        Assert.Equal(LossVerdict.Congestion, Round(packets: 700, lost: 500, isQuiet: true));
    }

    [Fact]
    public void Loss_in_a_queue_that_stands_is_never_learned()
    {
        for (var i = 0; i < 10; i++)
        {
            Round(packets: 1_000, lost: 15, isQuiet: false);
        }

        Assert.Equal(0, _loss.Chance);
    }

    /// <summary>A round of 100 ms.</summary>
    private LossVerdict Round(int packets, int lost, bool isQuiet)
    {
        _loss.HandleLost((long)lost * Datagram);
        _loss.HandleAcked((long)(packets - lost) * Datagram, isQuiet);
        _now += TimeSpan.FromMilliseconds(100);
        return _loss.EndRound(Datagram, _now);
    }
}
