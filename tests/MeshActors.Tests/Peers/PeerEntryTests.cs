using System;
using System.Collections.Generic;
using MeshActors.Peers;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Time;
using Xunit;

namespace MeshActors.Tests.Peers;

public sealed class PeerEntryTests
{
    private static readonly MonoTime Start = new(0);
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(45);

    private readonly PeerEntry _entry = new(Lifetime, new SimRandom(1), Start);

    [Fact]
    public void Is_fresh_for_a_lifetime_then_stale_then_forgotten()
    {
        _entry.HandleTimeout(Start + TimeSpan.FromSeconds(44.9));
        Assert.Equal(PeerFreshness.Fresh, _entry.Freshness);
        _entry.HandleTimeout(_entry.NextTimeout!.Value);
        Assert.Equal(PeerFreshness.Stale, _entry.Freshness);
        Assert.Equal(Start + TimeSpan.FromHours(12), _entry.NextTimeout);
        _entry.HandleTimeout(_entry.NextTimeout!.Value);
        Assert.Equal(PeerFreshness.Forgotten, _entry.Freshness);
        Assert.Null(_entry.NextTimeout);
    }

    [Fact]
    public void Each_time_the_directory_names_it_it_is_fresh_again()
    {
        _entry.HandleTimeout(Start + Lifetime);
        _entry.HandleNamed(Start + Lifetime);
        _entry.HandleTimeout(Start + (1.9 * Lifetime));

        Assert.Equal(PeerFreshness.Fresh, _entry.Freshness);
    }

    [Fact]
    public void Smooths_the_round_trips_of_its_tunnel_while_it_is_open()
    {
        _entry.HandleTunnelOpened(Start);
        _entry.HandleTimeout(Start);
        Assert.True(_entry.PollSample());
        _entry.HandleSample(TimeSpan.Zero, Start);
        Assert.Null(_entry.Latency);

        Sample(10, 2);
        Assert.Equal(TimeSpan.FromMilliseconds(10), _entry.Latency);
        Sample(18, 4);
        Assert.Equal(TimeSpan.FromMilliseconds(12), _entry.Latency);

        _entry.HandleTunnelLost(Start + TimeSpan.FromSeconds(5));
        _entry.HandleTimeout(Start + TimeSpan.FromSeconds(6));
        Assert.False(_entry.PollSample());
    }

    [Fact]
    public void Is_unreachable_from_the_loss_of_its_tunnel_until_a_probe_reaches_it()
    {
        _entry.HandleTunnelLost(Start);
        Assert.False(_entry.Reachable);

        RunProbes(TimeSpan.FromSeconds(3), reached: false);
        Assert.False(_entry.Reachable);
        RunProbes(TimeSpan.FromSeconds(10), reached: true);
        Assert.True(_entry.Reachable);
        Assert.Empty(RunProbes(TimeSpan.FromMinutes(1), reached: true));
    }

    [Fact]
    public void Is_probed_with_growing_delays_and_no_more_when_the_directory_has_not_named_it_for_ten_minutes()
    {
        _entry.HandleTunnelLost(Start);
        var probes = RunProbes(TimeSpan.FromHours(2), reached: false);

        Assert.InRange((probes[0] - Start).TotalSeconds, 0.25, 0.5);
        Assert.InRange((probes[^1] - probes[^2]).TotalSeconds, 30, 60);
        Assert.InRange((probes[^1] - Start).TotalMinutes, 8, 11);
        Assert.InRange(probes.Count, 15, 30);
    }

    [Fact]
    public void Is_probed_at_once_when_the_directory_names_it_again()
    {
        _entry.HandleTunnelLost(Start);
        RunProbes(TimeSpan.FromHours(2), reached: false);
        _entry.HandleNamed(Start + TimeSpan.FromHours(3));
        _entry.HandleTimeout(Start + TimeSpan.FromHours(3));

        Assert.True(_entry.PollProbe());
    }

    private void Sample(int ms, int second)
    {
        _entry.HandleTimeout(Start + TimeSpan.FromSeconds(second));
        Assert.True(_entry.PollSample());
        _entry.HandleSample(TimeSpan.FromMilliseconds(ms), Start + TimeSpan.FromSeconds(second));
    }

    private List<MonoTime> RunProbes(TimeSpan until, bool reached)
    {
        var probes = new List<MonoTime>();
        while (_entry.NextTimeout is { } next && next <= Start + until && probes.Count < 1_000)
        {
            _entry.HandleTimeout(next);
            if (_entry.PollSample())
            {
                _entry.HandleSample(TimeSpan.Zero, next);
            }

            if (_entry.PollProbe())
            {
                probes.Add(next);
                _entry.HandleProbed(reached, next);
            }
        }

        return probes;
    }
}
