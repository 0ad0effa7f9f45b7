using System;
using MeshActors.Transport.Congestion;
using MeshActors.Transport.Time;
using Xunit;

namespace MeshActors.Transport.Tests.Congestion;

/// <summary>CUBIC and HyStart++ against their RFCs, fed with facts.</summary>
public sealed class CubicTests
{
    private const int Datagram = 1_200;
    private const int Initial = 10 * Datagram;

    private readonly Cubic _controller = new();
    private ulong _number;

    [Fact]
    public void Slow_start_adds_what_is_acknowledged()
    {
        Acknowledge(Datagram, 1, 100, _controller.WindowBytes);

        Assert.Equal(Initial + Datagram, _controller.WindowBytes);
    }

    [Fact]
    public void A_window_that_is_not_used_does_not_grow()
    {
        Acknowledge(Datagram, 1, 100, priorInFlight: Datagram);

        Assert.Equal(Initial, _controller.WindowBytes);
    }

    [Fact]
    public void Loss_leaves_seven_tenths_once_for_each_round_trip()
    {
        Lose(sentAt: 1, now: 100);
        Lose(sentAt: 50, now: 110);
        Assert.Equal(Initial * 7 / 10, _controller.WindowBytes);

        Lose(sentAt: 101, now: 200);
        Assert.Equal(Initial * 49 / 100, _controller.WindowBytes);
    }

    [Fact]
    public void A_mark_leaves_85_of_a_hundred()
    {
        _controller.HandleMarked(new MarkedFact(At(100), 1, At(1), Initial));

        Assert.Equal(Initial * 85 / 100, _controller.WindowBytes);
    }

    [Fact]
    public void Persistent_congestion_leaves_the_smallest_window()
    {
        _controller.HandleLost(new LostFact(At(100), 1, Datagram, At(1), Initial, 0, IsPersistent: true));

        Assert.Equal(2 * Datagram, _controller.WindowBytes);
    }

    [Fact]
    public void A_loss_that_was_none_gives_the_window_back()
    {
        Lose(sentAt: 1, now: 100);
        _controller.HandleSpuriousLoss();

        Assert.Equal(Initial, _controller.WindowBytes);
    }

    [Fact]
    public void The_window_is_back_at_its_old_size_when_the_curve_says_so()
    {
        GrowTo(1_000 * Datagram);
        var before = _controller.WindowBytes;
        Lose(sentAt: 200, now: 200);

        // K = cubic root of (W_max - cwnd) / C, in segments and seconds (RFC 9438, section 4.2).
        var peak = Math.Cbrt(0.3 * before / Datagram / 0.4) * 1_000;
        RunAvoidance(from: 200, to: 200 + (peak * 0.5));
        Assert.InRange(_controller.WindowBytes, 0.94 * before, 0.98 * before);
        RunAvoidance(from: 200 + (peak * 0.5), to: 200 + peak);
        Assert.InRange(_controller.WindowBytes, 0.995 * before, 1.001 * before);
    }

    [Fact]
    public void A_small_window_grows_at_least_as_reno_would()
    {
        Lose(sentAt: 1, now: 100);
        var before = _controller.WindowBytes;

        RunAvoidance(from: 100, to: 1_100);

        // Ten round trips of alpha = 3 (1 - 0.7) / (1 + 0.7) segments, more once the old window is passed (RFC 9438, section 4.3).
        Assert.InRange(_controller.WindowBytes, before + (5 * Datagram), before + (11 * Datagram));
    }

    [Fact]
    public void A_second_loss_below_the_old_peak_aims_lower()
    {
        GrowTo(1_000 * Datagram);
        Lose(sentAt: 200, now: 200);
        var second = _controller.WindowBytes;
        Lose(sentAt: 201, now: 300);

        RunAvoidance(from: 300, to: 300 + (Math.Cbrt(0.3 * second / Datagram / 0.4) * 1_000));

        // Fast convergence: W_max = cwnd (1 + beta) / 2 (RFC 9438, section 4.7).
        Assert.InRange(_controller.WindowBytes, 0.80 * second, 0.88 * second);
    }

    [Fact]
    public void Slow_start_slows_when_round_trips_grow_and_ends_after_five_more_rounds()
    {
        var now = 100.0;
        SlowStartRound(ref now, roundTrip: 100);
        SlowStartRound(ref now, roundTrip: 100);
        var window = _controller.WindowBytes;

        // 13 ms above the round before: more than an eighth. From the eighth sample on growth is a quarter.
        SlowStartRound(ref now, roundTrip: 113);
        Assert.InRange(_controller.WindowBytes, window * 1.25, window * 1.9);
        for (var round = 0; round < 5; round++)
        {
            SlowStartRound(ref now, roundTrip: 113);
        }

        window = _controller.WindowBytes;
        SlowStartRound(ref now, roundTrip: 113);
        Assert.InRange(_controller.WindowBytes, window, window * 1.05);
    }

    /// <summary>One round of slow start, acknowledged two datagrams at a time.</summary>
    private void SlowStartRound(ref double now, double roundTrip)
    {
        var window = _controller.WindowBytes;
        var next = _number + (ulong)(window / Datagram);
        var acked = 0L;
        while (acked < window)
        {
            acked += 2 * Datagram;
            now += roundTrip * 2 * Datagram / window;
            _number += 2;
            var fact = Fact(2 * Datagram, now - roundTrip, now, window) with
            {
                NewestNumber = _number,
                NextNumber = next + (ulong)(acked / Datagram),
                RoundTrip = TimeSpan.FromMilliseconds(roundTrip),
            };
            _controller.HandleAcked(fact);
        }
    }

    private void GrowTo(long bytes)
    {
        while (_controller.WindowBytes < bytes)
        {
            Acknowledge(Datagram, 1, 100, _controller.WindowBytes);
        }
    }

    /// <summary>Round trips of 100 ms, each with a window acknowledged in ten parts.</summary>
    private void RunAvoidance(double from, double to)
    {
        for (var now = from + 10; now <= to; now += 10)
        {
            Acknowledge(_controller.WindowBytes / 10, from + 1, now, _controller.WindowBytes);
        }
    }

    private void Lose(double sentAt, double now) =>
        _controller.HandleLost(new LostFact(At(now), 1, Datagram, At(sentAt), Initial, Initial, IsPersistent: false));

    private void Acknowledge(long bytes, double sentAt, double now, long priorInFlight) =>
        _controller.HandleAcked(Fact(bytes, sentAt, now, priorInFlight));

    private static AckedFact Fact(long bytes, double sentAt, double now, long priorInFlight) => new(
        At(now),
        bytes,
        priorInFlight,
        priorInFlight - bytes,
        0,
        At(sentAt),
        1,
        null,
        TimeSpan.FromMilliseconds(100),
        default);

    private static MonoTime At(double milliseconds) => new MonoTime(0) + TimeSpan.FromMilliseconds(milliseconds);
}
