using System;
using System.Collections.Generic;
using System.Linq;
using MeshActors.TestKit.Nat;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Time;
using Xunit;

namespace MeshActors.Simulation.Tests.Nat;

public sealed class SimInternetTests
{
    private const ushort Port = 7_400;

    private static readonly MonoTime Start = new(0);
    private static readonly byte[] Bytes = [1, 2, 3];

    private readonly SimInternet _internet = new(SimLink.Perfect, new SimRandom(1));
    private readonly SimNeighbourhood _around;
    private readonly List<SimFate> _fates = [];

    public SimInternetTests()
    {
        _around = new SimNeighbourhood(_internet, new SimRandom(2));
        _internet.Observer = happened => _fates.Add(happened.Fate);
    }

    [Fact]
    public void A_datagram_takes_the_time_between_the_sites_and_shows_the_outside_endpoint()
    {
        var (home, server) = (Add("home", 1, NatKinds.PortRestricted), Add("server", 2, NatKinds.Open));
        _internet.Sites.SetLink(1, 2, SimLink.Perfect with { LatencyMin = Ms(40), LatencyMax = Ms(40) });

        Assert.True(Send(home, EndpointOf(server), Start));

        Assert.Equal(Start + Ms(40), _internet.NextArrival);
        Assert.False(_internet.TryReceive(Start + Ms(39), out _));
        Assert.True(_internet.TryReceive(Start + Ms(40), out var arrived));
        Assert.Same(server, arrived.Host);
        Assert.Equal(EndpointOf(server), arrived.At);
        Assert.Equal(_internet.Boxes[0].Box!.OutsideAddresses[0], arrived.From.Bits);
        Assert.Equal(Bytes, arrived.Bytes.ToArray());
        Assert.True(Send(server, arrived.From, Start + Ms(40)));
        Assert.Same(home, Assert.Single(Receive(Start + Ms(41))).Host);
    }

    [Fact]
    public void The_receivers_box_sees_a_datagram_when_it_arrives_not_when_it_is_sent()
    {
        var (home, server) = (Add("home", 1, NatKinds.PortRestricted), Add("server", 2, NatKinds.Open));
        _internet.Sites.SetLink(2, 1, SimLink.Perfect with { LatencyMin = Ms(50), LatencyMax = Ms(50) });
        Send(home, EndpointOf(server) with { Port = 9 }, Start);
        var outside = new UdpEndpoint(_internet.Boxes[0].Box!.OutsideAddresses[0], Port);
        Send(home, EndpointOf(server), Start + Ms(20));
        var seen = Assert.Single(Receive(Start + Ms(21))).From;

        Send(server, seen, Start + Ms(21));
        _internet.Boxes[0].Box!.Restart();

        Assert.Empty(Receive(Start + Ms(100)));
        Assert.Contains(SimFate.NoMapping, _fates);
        Assert.Equal(outside.Bits, seen.Bits);
    }

    [Fact]
    public void Two_homes_behind_one_carrier_reach_each_other_through_its_hairpin()
    {
        var cone = new NatSettings(
            NatDependence.EndpointIndependent, NatDependence.EndpointIndependent, PortAllocation.Preserving);
        var carrier = _around.Build("carrier", 0, [cone], _internet.Public);
        var server = Add("server", 2, NatKinds.Open);
        string[] names = ["a", "b"];
        var hosts = names.Select((name, site) =>
            _around.Put(name, site, NatAccess.Open, _around.Build(name, site, [cone], carrier))).ToList();
        hosts.ForEach(host => host.Open(Port));
        Send(hosts[1], EndpointOf(server), Start);
        var outsideOfB = Assert.Single(Receive(Start + Ms(9))).From;

        Send(hosts[0], outsideOfB, Start + Ms(10));

        var arrived = Assert.Single(Receive(Start + Ms(20)));
        Assert.Same(hosts[1], arrived.Host);
        Assert.Equal(outsideOfB.Bits, arrived.From.Bits);
        Assert.Contains(SimFate.TurnedBack, _fates);
        Assert.Equal(EndpointOf(hosts[0]).Bits, EndpointOf(hosts[1]).Bits);
    }

    [Fact]
    public void Neighbours_in_one_home_reach_each_other_without_its_box()
    {
        var home = _around.Build("home", 1, NatKinds.UdpBlocked.Create(new SimRandom(1)).Boxes, _internet.Public);
        var (a, b) = (_around.Put("a", 1, NatAccess.Open, home), _around.Put("b", 1, NatAccess.Open, home));
        a.Open(Port);
        b.Open(Port);

        Send(a, EndpointOf(b), Start);

        Assert.Equal(EndpointOf(a), Assert.Single(Receive(Start + Ms(1))).From);
        Assert.DoesNotContain(SimFate.Passed, _fates);
    }

    [Fact]
    public void A_datagram_with_few_hops_opens_the_senders_box_and_does_not_arrive()
    {
        var (a, b) = (Add("a", 1, NatKinds.DoubleNat), Add("b", 2, NatKinds.Open));

        Assert.True(_internet.Send(a, Port, EndpointOf(b), Bytes, Start, hops: 4));

        Assert.Empty(Receive(Start + Ms(9)));
        Assert.Equal([SimFate.Sent, SimFate.Passed, SimFate.Passed, SimFate.HopsExceeded], _fates);
    }

    [Fact]
    public void A_cut_way_is_cut_that_way_alone_also_for_what_is_under_way()
    {
        var (a, b) = (Add("a", 1, NatKinds.Open), Add("b", 2, NatKinds.Open));
        Send(a, EndpointOf(b), Start);
        _internet.Sites.Cut(1, 2);
        Send(a, EndpointOf(b), Start);
        Send(b, EndpointOf(a), Start);

        Assert.Same(a, Assert.Single(Receive(Start + Ms(5))).Host);

        _internet.Sites.Cut(1, 2, isCut: false);
        Send(a, EndpointOf(b), Start + Ms(5));
        Assert.Same(b, Assert.Single(Receive(Start + Ms(9))).Host);

        _internet.Sites.CutSite(2);
        Send(a, EndpointOf(b), Start + Ms(10));
        Send(b, EndpointOf(a), Start + Ms(10));
        Assert.Empty(Receive(Start + Ms(19)));
    }

    [Fact]
    public void A_host_that_moves_is_reached_where_it_is_and_no_longer_where_it_was()
    {
        var (a, b) = (Add("a", 1, NatKinds.Open), Add("b", 2, NatKinds.Open));
        var before = EndpointOf(b);
        b.Detach();
        Assert.False(Send(b, EndpointOf(a), Start));
        Send(a, before, Start);
        Assert.Empty(Receive(Start + Ms(5)));
        Assert.Contains(SimFate.NoRoute, _fates);

        b.Place.Site = 3;
        _around.Attach(b, _internet.Public);
        Send(a, EndpointOf(b), Start + Ms(5));

        Assert.NotEqual(before, EndpointOf(b));
        Assert.Same(b, Assert.Single(Receive(Start + Ms(9))).Host);
    }

    [Fact]
    public void A_host_with_IPv6_alone_talks_to_IPv4_as_if_it_had_it()
    {
        var (phone, server) = (Add("phone", 1, NatKinds.Nat64), Add("server", 2, NatKinds.Open));

        Assert.True(Send(phone, EndpointOf(server), Start));
        var seen = Assert.Single(Receive(Start + Ms(5))).From;
        Assert.True(seen.IsIPv4);
        Send(server, seen, Start + Ms(5));

        Assert.Equal(EndpointOf(server), Assert.Single(Receive(Start + Ms(9))).From);
        Assert.False(Send(server, EndpointOf(phone), Start));
    }

    [Fact]
    public void A_closed_port_receives_nothing()
    {
        var (a, b) = (Add("a", 1, NatKinds.Open), Add("b", 2, NatKinds.Open));
        b.Close(Port);
        Send(a, EndpointOf(b), Start);

        Assert.Empty(Receive(Start + Ms(5)));
        Assert.Equal(SimFate.ClosedPort, _fates[^1]);
        Assert.False(Send(b, EndpointOf(a), Start));
    }

    [Fact]
    public void Same_seed_same_run_and_another_seed_another_one()
    {
        Assert.Equal(Trace(7), Trace(7));
        Assert.NotEqual(Trace(7), Trace(8));
    }

    /// <summary>What happens when hosts of all kinds send to whom they know.</summary>
    private static List<string> Trace(ulong seed)
    {
        var random = new SimRandom(seed);
        var internet = new SimInternet(SimLink.Perfect with { LossPercent = 10, LatencyMax = Ms(30) }, random.Split());
        var around = new SimNeighbourhood(internet, random.Split());
        var lines = new List<string>();
        internet.Observer = happened => lines.Add(happened.ToString());
        var hosts = NatKinds.All.Select((kind, site) => around.Connect(kind.Name, site, kind.Create(random))).ToList();
        var known = new List<UdpEndpoint> { EndpointOf(hosts[0]) };
        hosts.ForEach(host => host.Open(Port));
        for (var step = 0; step < 500; step++)
        {
            var now = Start + (step * Ms(10));
            internet.Send(hosts[random.Between(0, hosts.Count - 1)], Port, known[random.Between(0, known.Count - 1)], Bytes, now);
            while (internet.TryReceive(now, out var arrived))
            {
                known.Add(arrived.From);
            }
        }

        Assert.Contains(lines, line => line.Contains(nameof(SimFate.Filtered), StringComparison.Ordinal));
        return lines;
    }

    private static UdpEndpoint EndpointOf(SimHost host) => new(host.Interfaces[0].Address, Port);

    private static TimeSpan Ms(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    private SimHost Add(string name, int site, NatKind kind)
    {
        var host = _around.Connect(name, site, kind.Create(new SimRandom(3)));
        host.Open(Port);
        return host;
    }

    private bool Send(SimHost host, UdpEndpoint to, MonoTime now) => _internet.Send(host, Port, to, Bytes, now);

    private List<SimDatagram> Receive(MonoTime now)
    {
        var all = new List<SimDatagram>();
        while (_internet.TryReceive(now, out var datagram))
        {
            all.Add(datagram);
        }

        return all;
    }
}
