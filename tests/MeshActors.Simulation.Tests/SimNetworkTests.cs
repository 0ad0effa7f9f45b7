using System;
using System.Collections.Generic;
using System.Linq;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Time;
using Xunit;

namespace MeshActors.Simulation.Tests;

public sealed class SimNetworkTests
{
    private static readonly UdpEndpoint A = new(1, 1);
    private static readonly UdpEndpoint B = new(2, 1);
    private static readonly MonoTime Start = new(0);

    [Fact]
    public void What_is_larger_than_the_link_carries_is_lost()
    {
        var network = new SimNetwork<int>(SimLink.Perfect with { Mtu = 1_280 }, new SimRandom(1));
        network.Send(A, B, 1, 1_280, new MonoTime(0));
        network.Send(A, B, 2, 1_281, new MonoTime(0));

        Assert.True(network.TryReceive(new MonoTime(0) + TimeSpan.FromSeconds(1), out var arrival));
        Assert.Equal(1, arrival.Packet);
        Assert.False(network.TryReceive(new MonoTime(0) + TimeSpan.FromSeconds(1), out _));
        Assert.Equal(1, network.Lost);
    }

    [Fact]
    public void Loss_and_duplication_are_as_often_as_the_link_says()
    {
        var link = new SimLink(20, 10, TimeSpan.Zero, TimeSpan.FromMilliseconds(5));
        var network = new SimNetwork<int>(link, new SimRandom(1));
        for (var i = 0; i < 10_000; i++)
        {
            network.Send(A, B, i, 100, Start);
        }

        var arrived = Receive(network, Start + TimeSpan.FromSeconds(1)).Select(arrival => arrival.Packet).ToList();

        Assert.InRange(arrived.Distinct().Count(), 7_850, 8_150);
        Assert.InRange(arrived.Count - arrived.Distinct().Count(), 700, 900);
        Assert.NotEqual(arrived.Order(), arrived);
        Assert.Equal(10_000 - arrived.Distinct().Count(), network.Lost);
    }

    [Fact]
    public void Nothing_arrives_early()
    {
        var network = new SimNetwork<int>(SimLink.Perfect, new SimRandom(1));
        network.Send(A, B, 7, 100, Start);

        Assert.Equal(Start + TimeSpan.FromMilliseconds(1), network.NextArrival);
        Assert.Empty(Receive(network, Start + TimeSpan.FromMilliseconds(0.9)));
        Assert.Equal(new SimArrival<int>(A, B, 7), Assert.Single(Receive(network, Start + TimeSpan.FromMilliseconds(1))));
    }

    [Fact]
    public void A_narrow_link_spaces_packets_out_and_loses_what_its_queue_does_not_hold()
    {
        var network = new SimNetwork<int>(SimLink.Perfect, new SimRandom(1));
        network.SetLink(A, B, SimLink.Perfect with { BytesPerSecond = 100_000, QueueBytes = 5_000 });
        for (var i = 0; i < 10; i++)
        {
            network.Send(A, B, i, 1_000, Start);
            network.Send(B, A, i, 1_000, Start);
        }

        Assert.Equal(10, Receive(network, Start + TimeSpan.FromMilliseconds(1)).Count);
        Assert.Equal(5, network.Lost);
        Assert.Equal([0, 1], Receive(network, Start + TimeSpan.FromMilliseconds(30)).Select(arrival => arrival.Packet));
    }

    private static List<SimArrival<int>> Receive(SimNetwork<int> network, MonoTime now)
    {
        var arrivals = new List<SimArrival<int>>();
        while (network.TryReceive(now, out var arrival))
        {
            arrivals.Add(arrival);
        }

        return arrivals;
    }
}
