using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Threading;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Sockets;
using MeshActors.Transport.Wire;
using Xunit;

namespace MeshActors.Transport.Tests.Sockets;

/// <summary>What every kind of sockets does, of either family; each kind derives a class of its own.</summary>
public abstract class DatagramSocketsContract : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly List<IDisposable> _bound = [];

    public static TheoryData<string> Loopbacks => ["127.0.0.1", "::1"];

    private protected virtual bool CarriesMarks => true;

    private protected virtual bool HasSides => true;

    [Theory]
    [MemberData(nameof(Loopbacks))]
    public void A_run_arrives_as_the_datagrams_it_was_made_of_in_their_order(string loopback)
    {
        var (a, b) = Pair(loopback);
        var run = Bytes((9 * 1_200) + 77);

        Assert.Equal(10, a.Send(run, 1_200, b.LocalEndpoints[0], EcnMark.NotCapable));

        var arrived = Receive(b, 10);
        Assert.Equal([.. Enumerable.Repeat(1_200, 9), 77], arrived.Select(datagram => datagram.Bytes.Length));
        Assert.Equal(run, arrived.SelectMany(datagram => datagram.Bytes));
        Assert.All(arrived, datagram => Assert.Equal(a.LocalEndpoints[0], datagram.From));
    }

    [Theory]
    [MemberData(nameof(Loopbacks))]
    public void The_longest_run_arrives_whole(string loopback)
    {
        var (a, b) = Pair(loopback);
        var run = Bytes(IDatagramSockets.MostSegments * 1_000);

        Assert.Equal(64, a.Send(run, 1_000, b.LocalEndpoints[0], EcnMark.Capable0));

        Assert.Equal(run, Receive(b, 64).SelectMany(datagram => datagram.Bytes));
    }

    [Theory]
    [MemberData(nameof(Loopbacks))]
    public void Datagrams_for_many_receivers_reach_each_its_own(string loopback)
    {
        var (a, b) = Pair(loopback);
        var c = Bind(IPAddress.Parse(loopback));
        var bytes = Bytes(IDatagramSockets.MostDatagrams * 100);
        var each = Enumerable.Range(0, IDatagramSockets.MostDatagrams).Select(number =>
            new OutboundDatagram(number * 100, 100 - number, (number % 2 == 0 ? b : c).LocalEndpoints[0])).ToArray();

        Assert.Equal(each.Length, a.SendMany(bytes, each));

        foreach (var (receiver, first) in new[] { (b, 0), (c, 1) })
        {
            var arrived = Receive(receiver, each.Length / 2);
            for (var i = 0; i < arrived.Count; i++)
            {
                var sent = each[first + (2 * i)];
                Assert.Equal(bytes.AsSpan(sent.Start, sent.Length).ToArray(), arrived[i].Bytes);
                Assert.Equal(a.LocalEndpoints[0], arrived[i].From);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Loopbacks))]
    public void One_of_many_that_cannot_be_sent_is_lost_alone(string loopback)
    {
        var (a, b) = Pair(loopback);
        var other = Bind(IPAddress.Parse(loopback == "::1" ? "127.0.0.1" : "::1"));
        OutboundDatagram[] each =
        [
            new(0, 10, b.LocalEndpoints[0]), new(10, 10, other.LocalEndpoints[0]), new(20, 10, b.LocalEndpoints[0]),
        ];

        // There is no socket of the other family.
        Assert.Equal(2, a.SendMany(Bytes(30), each));
        Assert.Equal(2, Receive(b, 2).Count);
    }

    [Theory]
    [MemberData(nameof(Loopbacks))]
    public void Runs_to_two_endpoints_do_not_mix(string loopback)
    {
        var (a, b) = Pair(loopback);
        var c = Bind(IPAddress.Parse(loopback));
        var (first, second) = (Bytes(3_000), Bytes(500));

        a.Send(first, 1_000, b.LocalEndpoints[0], EcnMark.NotCapable);
        a.Send(second, 500, c.LocalEndpoints[0], EcnMark.NotCapable);
        a.Send(second, 100, b.LocalEndpoints[0], EcnMark.NotCapable);

        Assert.Equal([.. first, .. second], Receive(b, 8).SelectMany(datagram => datagram.Bytes));
        Assert.Equal(second, Assert.Single(Receive(c, 1)).Bytes);
    }

    [Theory]
    [MemberData(nameof(Loopbacks))]
    public void The_largest_datagram_arrives_whole(string loopback)
    {
        var (a, b) = Pair(loopback);
        var datagram = Bytes(IDatagramSockets.MostRunBytes);

        Assert.Equal(1, a.Send(datagram, datagram.Length, b.LocalEndpoints[0], EcnMark.NotCapable));

        Assert.Equal(datagram, Assert.Single(Receive(b, 1)).Bytes);
    }

    [Theory]
    [MemberData(nameof(Loopbacks))]
    public void What_is_too_large_counts_as_lost_and_nothing_else_happens(string loopback)
    {
        var (a, b) = Pair(loopback);

        Assert.Equal(0, a.Send(Bytes(65_536), 65_536, b.LocalEndpoints[0], EcnMark.NotCapable));
        Assert.Equal(1, a.Send(Bytes(10), 10, b.LocalEndpoints[0], EcnMark.NotCapable));

        Assert.Equal(10, Assert.Single(Receive(b, 1)).Bytes.Length);
    }

    [Theory]
    [MemberData(nameof(Loopbacks))]
    public void Where_nobody_is_datagrams_vanish(string loopback)
    {
        var (a, b) = Pair(loopback);
        var gone = Bind(IPAddress.Parse(loopback));
        gone.Dispose();

        for (var i = 0; i < 3; i++)
        {
            a.Send(Bytes(100), 100, gone.LocalEndpoints[0], EcnMark.NotCapable);
        }

        a.Send(Bytes(7), 7, b.LocalEndpoints[0], EcnMark.NotCapable);
        Assert.Equal(7, Assert.Single(Receive(b, 1)).Bytes.Length);
        Assert.False(a.TryReceive(out _));
    }

    [Theory]
    [MemberData(nameof(Loopbacks))]
    public void The_other_family_is_not_reached(string loopback)
    {
        var (a, _) = Pair(loopback);
        var other = a.LocalEndpoints[0].IsIPv4 ? IPAddress.IPv6Loopback : IPAddress.Loopback;

        Assert.Equal(0, a.Send(Bytes(10), 10, UdpEndpoint.From(other, 9), EcnMark.NotCapable));
    }

    [Fact]
    public void One_node_has_both_families()
    {
        var both = Bind(IPAddress.Loopback, IPAddress.IPv6Loopback);
        var (a, b) = (Bind(IPAddress.Loopback), Bind(IPAddress.IPv6Loopback));

        a.Send([4], 1, both.LocalEndpoints[0], EcnMark.NotCapable);
        b.Send([6], 1, both.LocalEndpoints[1], EcnMark.NotCapable);

        var arrived = Receive(both, 2);
        foreach (var datagram in arrived)
        {
            both.Send(datagram.Bytes, 1, datagram.From, EcnMark.NotCapable);
        }

        Assert.Equal(4, Assert.Single(Receive(a, 1)).Bytes[0]);
        Assert.Equal(6, Assert.Single(Receive(b, 1)).Bytes[0]);
    }

    [Theory]
    [MemberData(nameof(Loopbacks))]
    public void Marks_arrive_with_their_datagrams(string loopback)
    {
        var (a, b) = Pair(loopback);
        EcnMark[] marks =
            [EcnMark.Capable0, EcnMark.NotCapable, EcnMark.CongestionExperienced, EcnMark.Capable1, EcnMark.Capable0];
        foreach (var mark in marks)
        {
            a.Send(Bytes(200), 100, b.LocalEndpoints[0], mark);
        }

        var expected = marks.SelectMany(mark => Enumerable.Repeat(CarriesMarks ? mark : EcnMark.NotCapable, 2));
        Assert.Equal(expected, Receive(b, 10).Select(datagram => datagram.Ecn));
    }

    [Fact]
    public void A_side_socket_has_a_port_of_its_own_and_carries_runs_both_ways()
    {
        var (a, b) = Pair("127.0.0.1");
        if (!HasSides)
        {
            Assert.False(a.TryOpenSide(7, out _));
            return;
        }

        Assert.True(a.TryOpenSide(7, out var local));
        Assert.False(a.TryOpenSide(7, out _));
        var run = Bytes((4 * 1_000) + 5);

        Assert.Equal(5, a.Send(run, 1_000, SocketEndpoint.Of(7, b.LocalEndpoints[0]), EcnMark.NotCapable));
        var arrived = Receive(b, 5);
        Assert.Equal(run, arrived.SelectMany(datagram => datagram.Bytes));
        Assert.All(arrived, datagram => Assert.Equal((local, -1), (datagram.From, datagram.Side)));
        Assert.NotEqual(a.LocalEndpoints[0], local);

        b.Send(run, 1_000, local, EcnMark.NotCapable);
        b.Send([1], 1, a.LocalEndpoints[0], EcnMark.NotCapable);
        var answers = Receive(a, 6);
        Assert.Equal(run, answers.Where(datagram => datagram.Side == 7).SelectMany(datagram => datagram.Bytes));
        Assert.Equal([1], answers.Single(datagram => datagram.Side == -1).Bytes);
    }

    [Fact]
    public void Many_side_sockets_come_and_go_and_the_others_stay()
    {
        if (!HasSides)
        {
            return;
        }

        var (a, b) = Pair("127.0.0.1");
        var locals = new Dictionary<int, UdpEndpoint>();
        for (var number = 0; number < 100; number++)
        {
            Assert.True(a.TryOpenSide(number, out var local));
            locals.Add(number, local);
        }

        foreach (var closed in Enumerable.Range(0, 100).Where(number => number % 3 != 0))
        {
            a.CloseSide(closed);
            Assert.Equal(0, a.Send([1], 1, SocketEndpoint.Of(closed, b.LocalEndpoints[0]), EcnMark.NotCapable));
        }

        a.CloseSide(1);
        a.CloseSide(60_000);
        foreach (var (number, local) in locals)
        {
            b.Send([(byte)number], 1, local, EcnMark.NotCapable);
        }

        var arrived = Receive(a, 34);
        Assert.All(arrived, datagram => Assert.Equal(datagram.Side, datagram.Bytes[0]));
        Assert.Equal(Enumerable.Range(0, 34).Select(i => 3 * i), arrived.Select(datagram => datagram.Side).Order());
        Assert.True(a.TryOpenSide(1, out _));
    }

    [Fact]
    public void A_wait_ends_when_something_comes_to_a_side_socket_and_a_wake_up_is_not_lost_by_looking()
    {
        if (!HasSides)
        {
            return;
        }

        var (a, b) = Pair("127.0.0.1");
        Assert.True(a.TryOpenSide(0, out var local));
        a.Wake();
        Assert.False(a.TryReceive(out _));
        a.Wait(Patience);
        var waits = new Thread(() => a.Wait(Patience));
        waits.Start();

        b.Send([1], 1, local, EcnMark.NotCapable);

        Assert.True(waits.Join(Patience / 2));
        Assert.Equal(0, Assert.Single(Receive(a, 1)).Side);
    }

    [Fact]
    public void A_datagram_of_few_hops_is_one_all_the_same_and_the_next_has_the_usual_ones()
    {
        if (!HasSides)
        {
            return;
        }

        var (a, b) = Pair("127.0.0.1");
        Assert.True(a.TryOpenSide(0, out var local));

        Assert.Equal(1, a.SendShort([1], SocketEndpoint.Of(0, b.LocalEndpoints[0]), 4));
        Assert.Equal(1, a.SendShort([2], b.LocalEndpoints[0], 4));
        Assert.Equal(1, a.Send([3], 1, SocketEndpoint.Of(0, b.LocalEndpoints[0]), EcnMark.NotCapable));

        Assert.Equal([local, a.LocalEndpoints[0], local], Receive(b, 3).Select(datagram => datagram.From));
    }

    [Fact]
    public void A_node_without_a_socket_of_ipv4_has_no_side_sockets()
    {
        var a = Bind(IPAddress.IPv6Loopback);

        Assert.False(a.TryOpenSide(0, out _));
        Assert.Equal(0, a.Send([1], 1, SocketEndpoint.Of(0, UdpEndpoint.From(IPAddress.Loopback, 9)), EcnMark.NotCapable));
    }

    [Fact]
    public void A_round_ends_and_the_next_one_goes_on()
    {
        var (a, b) = Pair("127.0.0.1");
        for (var i = 0; i < 200; i++)
        {
            a.Send([(byte)i], 1, b.LocalEndpoints[0], EcnMark.NotCapable);
        }

        var arrived = Receive(b, 200);

        Assert.Equal(Enumerable.Range(0, 200).Select(i => (byte)i), arrived.Select(datagram => datagram.Bytes[0]));
        Assert.False(b.TryReceive(out _));
        Assert.False(b.TryReceive(out _));
    }

    [Fact]
    public void A_wait_ends_when_something_comes_in()
    {
        var (a, b) = Pair("127.0.0.1");
        using var waiting = new ManualResetEventSlim();
        var waits = new Thread(() =>
        {
            waiting.Set();
            b.Wait(Patience);
        });
        waits.Start();
        waiting.Wait(Patience);

        a.Send([1], 1, b.LocalEndpoints[0], EcnMark.NotCapable);

        Assert.True(waits.Join(Patience / 2));
    }

    [Fact]
    public void A_wait_ends_when_another_thread_says_so()
    {
        var a = Bind(IPAddress.Loopback);
        var rounds = 0;
        var waits = new Thread(() =>
        {
            for (; rounds < 100; rounds++)
            {
                a.Wait(Patience);
            }
        });
        waits.Start();
        while (!waits.Join(0))
        {
            a.Wake();
        }

        Assert.Equal(100, rounds);
    }

    [Fact]
    public void A_wake_up_before_the_wait_ends_it_and_only_it()
    {
        var a = Bind(IPAddress.Loopback);
        a.Wake();
        a.Wake();
        var first = new Thread(() => a.Wait(Patience));
        first.Start();
        Assert.True(first.Join(Patience / 2));

        var second = new Thread(() => a.Wait(Patience));
        second.Start();
        Assert.False(second.Join(TimeSpan.FromMilliseconds(20)));
        a.Wake();
        Assert.True(second.Join(Patience / 2));
    }

    /// <summary>Neither a wait that ended for another reason nor one that was over hides what came after it.</summary>
    [Fact]
    public void What_comes_after_a_wait_is_received_by_the_second_look_and_after_the_next_wait()
    {
        var a = Bind(IPAddress.Loopback);
        var b = Bind(IPAddress.Loopback);
        b.Wake();
        b.Wait(Patience);
        Assert.False(b.TryReceive(out _));
        a.Send([1], 1, b.LocalEndpoints[0], EcnMark.NotCapable);

        Assert.True(b.TryReceive(out var run));
        Assert.Equal([1], run[0].ToArray());
        Assert.False(b.TryReceive(out _));

        b.Wait(TimeSpan.FromTicks(1));
        a.Send([2], 1, b.LocalEndpoints[0], EcnMark.NotCapable);
        Assert.Equal([2], Receive(b, 1)[0].Bytes);
    }

    [Fact]
    public void A_wait_ends_with_its_time()
    {
        var a = Bind(IPAddress.Loopback);

        a.Wait(TimeSpan.FromTicks(1));
        a.Wait(TimeSpan.FromMilliseconds(2));

        Assert.False(a.TryReceive(out _));
    }

    [Fact]
    public void Waking_what_is_closed_does_nothing()
    {
        var a = Bind(IPAddress.Loopback);
        a.Dispose();

        a.Wake();
        a.Wake();
    }

    [Fact]
    public void Buffers_are_said_as_they_were_granted()
    {
        var facts = Bind(IPAddress.Loopback).Facts;

        Assert.InRange(facts.ReceiveBufferBytes, 4_096, int.MaxValue);
        Assert.InRange(facts.SendBufferBytes, 4_096, int.MaxValue);
    }

    public void Dispose()
    {
        _bound.ForEach(sockets => sockets.Dispose());
        GC.SuppressFinalize(this);
    }

    private protected abstract IDatagramSockets BindKind(params IPEndPoint[] endpoints);

    private protected static byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        new SeededRandom((ulong)length).Fill(bytes);
        return bytes;
    }

    private protected IDatagramSockets Bind(params IPAddress[] addresses)
    {
        var sockets = BindKind([.. addresses.Select(address => new IPEndPoint(address, 0))]);
        _bound.Add(sockets);
        return sockets;
    }

    private protected (IDatagramSockets A, IDatagramSockets B) Pair(string loopback) =>
        (Bind(IPAddress.Parse(loopback)), Bind(IPAddress.Parse(loopback)));

    /// <summary>Waits for so many datagrams, and no more than that.</summary>
    private protected static List<Arrived> Receive(IDatagramSockets sockets, int count)
    {
        var arrived = new List<Arrived>();
        for (var waits = 0; arrived.Count < count && waits < 10 * count; waits++)
        {
            sockets.Wait(Patience);
            while (sockets.TryReceive(out var run))
            {
                for (var i = 0; i < run.Count; i++)
                {
                    arrived.Add(new Arrived(run[i].ToArray(), run.From, run.Ecn, run.Side));
                }
            }
        }

        Assert.Equal(count, arrived.Count);
        return arrived;
    }

    private protected sealed record Arrived(byte[] Bytes, UdpEndpoint From, EcnMark Ecn, int Side);
}
