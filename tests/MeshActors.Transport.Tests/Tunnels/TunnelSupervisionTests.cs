using System;
using System.Collections.Generic;
using CsCheck;
using MeshActors.Transport.Tests.Remoting;
using MeshActors.Transport.Time;
using MeshActors.Transport.Tunnels;
using Xunit;

namespace MeshActors.Transport.Tests.Tunnels;

public sealed class TunnelSupervisionTests
{
    private static readonly TunnelSupervisionSettings Settings = new(
        ReconnectTimeout: TimeSpan.FromSeconds(10),
        FirstDelay: TimeSpan.FromMilliseconds(100),
        LargestDelay: TimeSpan.FromSeconds(2));

    private static readonly MonoTime Start = new(0);

    [Fact]
    public void A_first_handshake_that_fails_ends_it()
    {
        var supervision = new TunnelSupervision(Settings, NoJitter.Instance);

        supervision.HandleFailed(Start);

        Assert.Equal(TunnelPhase.Ended, supervision.Phase);
        Assert.Null(supervision.NextTimeout);
    }

    [Fact]
    public void Attempts_come_after_delays_that_double_up_to_the_largest_until_the_timeout_is_over()
    {
        var supervision = Opened();
        var attempts = new List<double>();

        supervision.HandleFailed(Start);
        while (supervision.NextTimeout is { } due)
        {
            supervision.HandleTimeout(due);
            if (supervision.PollReopen())
            {
                attempts.Add((due - Start).TotalMilliseconds);
                supervision.HandleFailed(due);
            }
        }

        Assert.Equal([100, 300, 700, 1_500, 3_100, 5_100, 7_100, 9_100], attempts);
        Assert.Equal(TunnelPhase.Ended, supervision.Phase);
        Assert.Equal(8, supervision.Attempts);
    }

    [Fact]
    public void The_timeout_also_ends_an_attempt_that_is_under_way()
    {
        var supervision = Opened();
        supervision.HandleFailed(Start);
        supervision.HandleTimeout(Start + TimeSpan.FromMilliseconds(100));
        Assert.True(supervision.PollReopen());

        Assert.Equal(Start + Settings.ReconnectTimeout, supervision.NextTimeout);
        supervision.HandleTimeout(Start + Settings.ReconnectTimeout);

        Assert.Equal(TunnelPhase.Ended, supervision.Phase);
        Assert.False(supervision.PollReopen());
    }

    [Fact]
    public void The_peer_may_open_it_between_two_attempts()
    {
        var supervision = Opened();
        supervision.HandleFailed(Start);

        supervision.HandleOpened(Start + TimeSpan.FromMilliseconds(50));

        Assert.Equal(TunnelPhase.Open, supervision.Phase);
        Assert.Null(supervision.NextTimeout);
    }

    [Fact]
    public void Delays_go_on_growing_for_a_tunnel_that_opens_and_fails_in_turns()
    {
        var supervision = Opened();
        var now = Start;
        var delays = new List<double>();

        for (var round = 0; round < 6; round++)
        {
            supervision.HandleFailed(now);
            delays.Add((supervision.NextTimeout!.Value - now).TotalMilliseconds);
            now = supervision.NextTimeout.Value;
            supervision.HandleTimeout(now);
            Assert.True(supervision.PollReopen());
            supervision.HandleOpened(now);
        }

        Assert.Equal([100, 200, 400, 800, 1_600, 2_000], delays);
    }

    [Fact]
    public void A_tunnel_that_held_starts_again_from_the_first_delay()
    {
        var supervision = Opened();
        supervision.HandleFailed(Start);
        supervision.HandleTimeout(Start + TimeSpan.FromMilliseconds(100));
        supervision.HandleOpened(Start + TimeSpan.FromMilliseconds(100));

        var later = Start + TimeSpan.FromMinutes(1);
        supervision.HandleFailed(later);

        Assert.Equal(later + TimeSpan.FromMilliseconds(100), supervision.NextTimeout);
    }

    /// <summary>Whatever comes in whatever order: it never waits beyond the timeout of its first failure, and nothing revives it.</summary>
    [Fact]
    public void Whatever_happens_it_ends_in_time_and_stays_ended() =>
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 4_000]).Array[1, 60].Sample(inputs =>
        {
            var supervision = Opened();
            var now = Start;
            MonoTime? firstFailure = null;
            foreach (var (input, wait) in inputs)
            {
                now += TimeSpan.FromMilliseconds(wait);
                var before = supervision.Phase;
                switch (input)
                {
                    case 0:
                        supervision.HandleFailed(now);
                        break;
                    case 1:
                        supervision.HandleOpened(now);
                        break;
                    default:
                        supervision.HandleTimeout(now);
                        break;
                }

                if (before == TunnelPhase.Ended && supervision.Phase != TunnelPhase.Ended)
                {
                    return false;
                }

                firstFailure = supervision.Phase == TunnelPhase.Open ? null : firstFailure ?? now;
                if (supervision.NextTimeout > firstFailure + Settings.ReconnectTimeout)
                {
                    return false;
                }

                supervision.PollReopen();
            }

            return true;
        });

    private static TunnelSupervision Opened()
    {
        var supervision = new TunnelSupervision(Settings, NoJitter.Instance);
        supervision.HandleOpened(Start);
        return supervision;
    }
}
