using System;
using System.Collections.Generic;
using MeshActors.TestKit.Congestion;
using MeshActors.Transport.Congestion;
using Xunit;

namespace MeshActors.Simulation.Tests;

/// <summary>Some cells of the matrix of congestion control, in virtual time: what a path must carry, whoever runs it.</summary>
public sealed class CongestionTests
{
    [Theory]
    [InlineData(0, 1, 95)]
    [InlineData(1, 0.5, 90)]
    [InlineData(1, 1, 90)]
    [InlineData(1, 4, 90)]
    [InlineData(5, 0.5, 85)]
    [InlineData(5, 1, 85)]
    [InlineData(5, 4, 85)]
    public void A_link_of_100_mbits_and_100_ms_is_used_whatever_chance_loses(double loss, double buffer, double least)
    {
        var path = new SimPath(100e6, TimeSpan.FromMilliseconds(100)) { LossPercent = loss, BufferProducts = buffer };

        Assert.InRange(Goodput(path, CongestionControl.Bbr, settle: 3, measured: 3), least, 100);
    }

    [Theory]
    [InlineData(1, 30)]
    [InlineData(10, 10)]
    [InlineData(1_000, 10)]
    public void Slow_and_fast_links_are_used(double mbits, double roundTrip)
    {
        var path = new SimPath(mbits * 1e6, TimeSpan.FromMilliseconds(roundTrip));

        Assert.InRange(Goodput(path, CongestionControl.Bbr, settle: 2, measured: mbits > 100 ? 1 : 10), 90, 100);
        Assert.InRange(Goodput(path, CongestionControl.Cubic, settle: 2, measured: mbits > 100 ? 1 : 10), 90, 100);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(30)]
    public void Probing_adds_little_queue(double roundTrip)
    {
        var path = new SimPath(100e6, TimeSpan.FromMilliseconds(roundTrip)) { BufferProducts = 4 };
        var world = new SimFlows(path, seed: 1);
        world.Add(CongestionControl.Bbr);
        world.Run(TimeSpan.FromSeconds(2));
        world.Delays.Clear();

        world.Run(TimeSpan.FromSeconds(10));

        Assert.InRange(world.Delays.MeanMilliseconds, 0, 5);
    }

    [Fact]
    public void A_policer_gives_its_rate_and_is_not_flooded()
    {
        var path = new SimPath(100e6, TimeSpan.FromMilliseconds(30)) { IsPolicer = true };
        var world = new SimFlows(path, seed: 1);
        var flow = world.Add(CongestionControl.Bbr);
        world.Run(TimeSpan.FromSeconds(12));
        var statistics = flow.Sender.Statistics;

        Assert.InRange(flow.DeliveredBytes / 12.0 / path.BytesPerSecond, 0.8, 1);
        Assert.InRange((double)statistics.PacketsLost / statistics.PacketsSent, 0, 0.2);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(4)]
    public void Two_flows_share_60_to_40_or_better(double buffer) =>
        Assert.InRange(Share(CongestionControl.Bbr, CongestionControl.Bbr, buffer), 40, 60);

    [Theory]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(4)]
    public void A_cubic_flow_and_ours_share_70_to_30_or_better(double buffer) =>
        Assert.InRange(Share(CongestionControl.Bbr, CongestionControl.Cubic, buffer), 30, 70);

    [Fact]
    public void A_flow_finds_bandwidth_that_became_free()
    {
        var path = new SimPath(100e6, TimeSpan.FromMilliseconds(30));
        var world = new SimFlows(path, seed: 1);
        var stays = world.Add(CongestionControl.Bbr);
        var goes = world.Add(CongestionControl.Bbr);
        world.Run(TimeSpan.FromSeconds(8));
        goes.IsBusy = false;
        world.Run(TimeSpan.FromSeconds(2));
        var before = stays.DeliveredBytes;

        world.Run(TimeSpan.FromSeconds(2));

        Assert.InRange((stays.DeliveredBytes - before) / 2.0 / path.BytesPerSecond, 0.9, 1);
    }

    [Fact]
    public void A_flow_goes_on_at_its_rate_after_a_pause()
    {
        var path = new SimPath(100e6, TimeSpan.FromMilliseconds(30));
        var world = new SimFlows(path, seed: 1);
        var flow = world.Add(CongestionControl.Bbr);
        world.Run(TimeSpan.FromSeconds(3));
        flow.IsBusy = false;
        world.Run(TimeSpan.FromSeconds(20));
        var before = flow.DeliveredBytes;
        var lost = flow.Sender.Statistics.PacketsLost;

        flow.IsBusy = true;
        world.Run(TimeSpan.FromMilliseconds(500));

        Assert.InRange((flow.DeliveredBytes - before) / 0.5 / path.BytesPerSecond, 0.8, 1);
        Assert.Equal(lost, flow.Sender.Statistics.PacketsLost);
    }

    [Theory]
    [InlineData(CongestionControl.Bbr)]
    [InlineData(CongestionControl.Cubic)]
    internal void Half_of_all_acknowledgements_may_be_lost(CongestionControl control)
    {
        var path = new SimPath(100e6, TimeSpan.FromMilliseconds(30)) { AckLossPercent = 50 };

        Assert.InRange(Goodput(path, control, settle: 2, measured: 5), 90, 100);
    }

    [Theory]
    [InlineData(CongestionControl.Bbr)]
    [InlineData(CongestionControl.Cubic)]
    internal void Timers_of_a_millisecond_do_not_limit_a_path_of_10_gbits(CongestionControl control)
    {
        var path = new SimPath(10e9, TimeSpan.FromMilliseconds(0.05))
        {
            TimerStep = TimeSpan.FromMilliseconds(1),
            BufferProducts = 100,
            DatagramBytes = 8_900,
        };

        Assert.InRange(Goodput(path, control, settle: 0.2, measured: 0.3), 90, 100);
    }

    [Theory]
    [InlineData(CongestionControl.Bbr)]
    [InlineData(CongestionControl.Cubic)]
    internal void A_queue_that_marks_at_5_ms_loses_nothing(CongestionControl control)
    {
        var path = new SimPath(100e6, TimeSpan.FromMilliseconds(30)) { MarksAbove = TimeSpan.FromMilliseconds(5) };
        var world = new SimFlows(path, seed: 1);
        var flow = world.Add(control);
        world.Run(TimeSpan.FromSeconds(2));
        var (lost, before) = (flow.Sender.Statistics.PacketsLost, flow.DeliveredBytes);

        world.Run(TimeSpan.FromSeconds(8));

        Assert.Equal(lost, flow.Sender.Statistics.PacketsLost);
        Assert.InRange((flow.DeliveredBytes - before) / 8.0 / path.BytesPerSecond, 0.8, 1);
    }

    [Fact]
    public void A_path_that_drops_or_bleaches_marks_is_used_without_them()
    {
        var path = new SimPath(20e6, TimeSpan.FromMilliseconds(30));

        Assert.InRange(Goodput(path with { DropsMarked = true }, CongestionControl.Bbr, settle: 4, measured: 3), 90, 100);
        Assert.InRange(Goodput(path with { Bleaches = true }, CongestionControl.Bbr, settle: 4, measured: 3), 90, 100);
    }

    [Fact]
    public void The_same_seed_plays_alike_again()
    {
        var path = new SimPath(10e6, TimeSpan.FromMilliseconds(30)) { LossPercent = 2 };

        Assert.Equal(
            Goodput(path, CongestionControl.Bbr, settle: 1, measured: 3),
            Goodput(path, CongestionControl.Bbr, settle: 1, measured: 3));
    }

    /// <summary>Whole messages delivered, in percent of what the link carries.</summary>
    private static double Goodput(SimPath path, CongestionControl control, double settle, double measured)
    {
        var world = new SimFlows(path, seed: 1);
        var flow = world.Add(control);
        world.Run(TimeSpan.FromSeconds(settle));
        var before = flow.DeliveredBytes;
        world.Run(TimeSpan.FromSeconds(measured));
        return 100 * (flow.DeliveredBytes - before) / measured / path.BytesPerSecond;
    }

    /// <summary>What the first of two flows gets of what both get, in percent.</summary>
    private static double Share(CongestionControl first, CongestionControl second, double buffer)
    {
        var path = new SimPath(20e6, TimeSpan.FromMilliseconds(30)) { BufferProducts = buffer };
        var world = new SimFlows(path, seed: 1);
        List<SimFlow> flows = [world.Add(first), world.Add(second, TimeSpan.FromMilliseconds(100))];
        world.Run(TimeSpan.FromSeconds(10));
        var before = flows.ConvertAll(flow => flow.DeliveredBytes);
        world.Run(TimeSpan.FromSeconds(40));
        double ofFirst = flows[0].DeliveredBytes - before[0];
        return 100 * ofFirst / (ofFirst + flows[1].DeliveredBytes - before[1]);
    }
}
