using System;
using System.Collections.Generic;
using System.Linq;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Diagnostics;
using MeshActors.Transport.Paths;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Time;
using MeshActors.Transport.Tunnels;
using MeshActors.Transport.Wire;
using Xunit;

namespace MeshActors.Transport.Tests.Tunnels;

/// <summary>Sessions that follow each other beside the data: two whole tunnel tables in virtual time.</summary>
public sealed class RekeyTests : IDisposable
{
    private const int MessageBytes = 20_000;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly List<TableNode> _nodes = [];
    private readonly List<(MonoTime At, UdpEndpoint To)> _messages1 = [];
    private readonly List<TunnelEventKind> _told = [];
    private int _heard;

    public void Dispose() => _nodes.ForEach(node => node.Dispose());

    [Fact]
    public void Bulk_over_many_rekeys_loses_nothing_and_sends_nothing_twice()
    {
        var (dialler, other, world) = Make(new RekeySettings { AfterPackets = 200, GracePackets = 100_000 });
        var tunnel = dialler.Table.Open(other.Record, world.Now, world.UtcNow)!;
        world.Run(Second);

        var id = SendBulk(dialler, tunnel, 400);
        world.Run(TimeSpan.FromSeconds(20));

        var back = TunnelOf(other, dialler, world);
        Assert.Equal(400, _heard);
        Assert.True(tunnel.Counters.Sessions > 20, $"only {tunnel.Counters.Sessions} sessions");
        Assert.Equal(tunnel.Counters.Sessions, back.Counters.Sessions);
        Assert.Equal((0, 0), (tunnel.Streams.Statistics.PacketsLost, back.Streams.Statistics.PacketsLost));
        Assert.Equal(0, tunnel.Streams.Statistics.QueuedBytes);
        AssertNothingDropped(dialler, other);

        // Headers, acknowledgements and handshakes on top of the bytes; a single message sent twice would show.
        var bytes = 400L * (MessageBytes + VarInt.Size((ulong)MessageBytes));
        var handshakes = (tunnel.Counters.Sessions + 1) * HandshakeMessage1.Size;
        var packets = (tunnel.Counters.PacketsSent * 60) + handshakes;
        Assert.InRange(tunnel.Counters.BytesSent, bytes, bytes + packets);
        Assert.DoesNotContain(TunnelEventKind.Failed, _told);
        Assert.True(tunnel.Streams.Send(id, new byte[1]) == SendOutcome.Accepted);
    }

    [Fact]
    public void The_side_that_dialled_begins_after_two_minutes_at_the_latest_and_both_sides_take_the_session()
    {
        var (dialler, other, world) = Make(new RekeySettings());
        var tunnel = dialler.Table.Open(other.Record, world.Now, world.UtcNow)!;
        world.Run(TimeSpan.FromSeconds(107));
        var first = tunnel.Sessions.Current!;
        Assert.Single(_messages1);

        world.Run(TimeSpan.FromSeconds(15));

        Assert.Equal(2, _messages1.Count);
        Assert.All(_messages1, sent => Assert.Equal(other.Endpoint, sent.To));
        Assert.InRange(_messages1[1].At - default(MonoTime), TimeSpan.FromSeconds(108), TimeSpan.FromSeconds(121));
        var back = TunnelOf(other, dialler, world);
        Assert.Equal((2, 2), (tunnel.Counters.Sessions, back.Counters.Sessions));
        Assert.Equal(tunnel.Sessions.Current!.Attempt, back.Sessions.Current!.Attempt);
        Assert.NotEqual(first.Attempt, tunnel.Sessions.Current.Attempt);
        Assert.NotEqual(first.LocalConnectionId, tunnel.Sessions.Current.LocalConnectionId);
        Assert.Equal([TunnelEventKind.Opened, TunnelEventKind.Opened], _told);
    }

    [Fact]
    public void The_other_side_begins_when_nothing_comes_of_the_first()
    {
        var (dialler, other, world) = Make(new RekeySettings());
        var tunnel = dialler.Table.Open(other.Record, world.Now, world.UtcNow)!;
        world.Run(Second);
        world.IsLost = (to, datagram) => to == other.Endpoint && datagram[0] == DatagramType.HandshakeMessage1;

        world.Run(TimeSpan.FromSeconds(140));

        Assert.Equal(2, tunnel.Counters.Sessions);
        Assert.False(tunnel.Sessions.Current!.InitiatedHere);
        Assert.True(TunnelOf(other, dialler, world).Sessions.Current!.InitiatedHere);
        Assert.DoesNotContain(TunnelEventKind.Failed, _told);
    }

    [Fact]
    public void Data_goes_on_while_attempts_fail_and_they_are_made_less_and_less_often()
    {
        var (dialler, other, world) = Make(new RekeySettings { AfterPackets = 100, GracePackets = 100_000 });
        var tunnel = dialler.Table.Open(other.Record, world.Now, world.UtcNow)!;
        world.Run(Second);
        world.IsLost = (to, datagram) =>
            to == dialler.Endpoint && datagram[0] is DatagramType.HandshakeMessage2 or DatagramType.CertificateAnswer;
        SendBulk(dialler, tunnel, 100);
        world.Run(TimeSpan.FromSeconds(100));

        Assert.Equal(100, _heard);
        Assert.Equal(TunnelState.Open, tunnel.State);
        Assert.Equal(1, tunnel.Counters.Sessions);
        Assert.DoesNotContain(TunnelEventKind.Failed, _told);

        // Each takes 5 s; the delays are at least half of 1, 2, 4, 8, 16, 30 s.
        Assert.InRange(tunnel.Attempts.Begun, 5, 10);
        Assert.True(tunnel.Succession.Failures >= 4);

        world.IsLost = (_, _) => false;
        world.Run(TimeSpan.FromSeconds(40));
        Assert.Equal(2, tunnel.Counters.Sessions);
        Assert.Equal(0, tunnel.Succession.Failures);
    }

    [Fact]
    public void Keys_of_a_replaced_session_are_wiped_three_probe_timeouts_after_the_first_packet_under_the_next()
    {
        var (dialler, other, world) = Make(new RekeySettings());
        var tunnel = dialler.Table.Open(other.Record, world.Now, world.UtcNow)!;
        world.Run(Second);
        var held = (dialler.Table.KeysHeld, other.Table.KeysHeld);
        var former = tunnel.Sessions.Current!;
        var late = CaptureNext(world, other.Endpoint, PacketHeader.TypeBits);
        tunnel.Streams.Ping();
        dialler.Table.Touch(tunnel);
        world.Run(Second);
        world.IsLost = (_, _) => false;
        while (tunnel.Sessions.Current == former)
        {
            world.Run(TimeSpan.FromMilliseconds(1));
        }

        Assert.True(tunnel.Sessions.IsLingering);
        world.Run(TimeSpan.FromSeconds(2));

        Assert.False(tunnel.Sessions.IsLingering);
        Assert.Equal(held, (dialler.Table.KeysHeld, other.Table.KeysHeld));
        Assert.Throws<ObjectDisposedException>(() => former.Protection.Seal(new byte[64], ulong.MaxValue - 1, 1));
        other.Table.HandleDatagram(dialler.Endpoint, late(), EcnMark.NotCapable, world.Now, world.UtcNow);
        Assert.Equal(1, other.Drops[DropReason.UnknownConnection]);
    }

    /// <summary>A packet that was overtaken by the first ones under the next keys counts like any other.</summary>
    [Fact]
    public void A_late_packet_under_the_keys_before_is_taken()
    {
        var (dialler, other, world) = Make(new RekeySettings { AfterPackets = 20, GracePackets = 100_000 });
        var tunnel = dialler.Table.Open(other.Record, world.Now, world.UtcNow)!;
        world.Run(Second);
        var former = tunnel.Sessions.Current!;
        var late = CaptureNext(world, other.Endpoint, PacketHeader.TypeBits);
        SendBulk(dialler, tunnel, 1);
        world.Run(TimeSpan.FromMilliseconds(2));
        while (other.Table.Open(dialler.Record, world.Now, world.UtcNow)!.Sessions.Current!.Attempt == former.Attempt)
        {
            world.Run(TimeSpan.FromMilliseconds(1));
        }

        other.Table.HandleDatagram(dialler.Endpoint, late(), EcnMark.NotCapable, world.Now, world.UtcNow);

        AssertNothingDropped(other);
        world.Run(Second);
        Assert.Equal(1, _heard);
    }

    [Fact]
    public void At_the_packet_limit_of_its_keys_a_session_that_could_not_be_replaced_has_failed()
    {
        var (dialler, other, world) = Make(new RekeySettings { AfterPackets = 50, GracePackets = 100_000, MostPackets = 150 });
        var tunnel = dialler.Table.Open(other.Record, world.Now, world.UtcNow)!;
        world.Run(Second);
        world.IsLost = (_, datagram) => datagram[0] == DatagramType.HandshakeMessage1;
        TunnelFailure? failure = null;
        dialler.Hears += (_, happened) => failure ??= happened.Kind == TunnelEventKind.Failed ? happened.Failure : null;

        SendBulk(dialler, tunnel, 30);
        world.Run(TimeSpan.FromSeconds(5));

        Assert.Equal(TunnelFailure.SessionExhausted, failure);
        Assert.Equal(TunnelState.Failed, tunnel.State);
        Assert.Equal(150, tunnel.Counters.PacketsSent);
    }

    /// <summary>Nothing is lost either when both begin at once: packets under both sessions count, and both sides keep one of them.</summary>
    [Theory]
    [InlineData(0, true)]
    [InlineData(0, false)]
    [InlineData(500, true)]
    [InlineData(1_500, true)]
    [InlineData(1_500, false)]
    public void Rekeys_that_cross_end_with_one_session_and_without_a_loss(int firstCopiesLostFor, bool lowerDials)
    {
        var (one, two, world) = Make(new RekeySettings { AfterPackets = 300, GracePackets = 0 });
        var (lower, higher) = one.Root.CompareTo(two.Root) < 0 ? (one, two) : (two, one);
        var (dialler, other) = lowerDials ? (lower, higher) : (higher, lower);
        var tunnel = dialler.Table.Open(other.Record, world.Now, world.UtcNow)!;
        world.Run(TimeSpan.FromSeconds(20));
        MonoTime? begun = null;
        world.IsLost = (_, datagram) => datagram[0] == DatagramType.HandshakeMessage1
            && world.Now - (begun ??= world.Now) < TimeSpan.FromMilliseconds(firstCopiesLostFor);
        SendBulk(dialler, tunnel, 24);
        world.Run(TimeSpan.FromSeconds(20));

        var back = TunnelOf(other, dialler, world);
        Assert.Equal(24, _heard);
        Assert.Equal(tunnel.Sessions.Current!.Attempt, back.Sessions.Current!.Attempt);
        Assert.InRange(tunnel.Counters.Sessions, 2, 3);
        Assert.False(tunnel.Sessions.IsLingering || back.Sessions.IsLingering);
        Assert.Equal((0, 0), (tunnel.Streams.Statistics.PacketsLost, back.Streams.Statistics.PacketsLost));
        Assert.Equal(dialler.Table.KeysHeld, other.Table.KeysHeld);
    }

    [Fact]
    public void Key_phases_count_up_modulo_four()
    {
        var (dialler, other, world) = Make(new RekeySettings { AfterPackets = 100, GracePackets = 100_000 });
        var phases = new List<int>();
        world.IsLost = (_, datagram) =>
        {
            if (PacketHeader.TryRead(datagram, out var phase, out ulong _, out uint _) && !(phases.Count > 0 && phases[^1] == phase))
            {
                phases.Add(phase);
            }

            return false;
        };
        var tunnel = dialler.Table.Open(other.Record, world.Now, world.UtcNow)!;
        world.Run(Second);
        SendBulk(dialler, tunnel, 100);
        world.Run(TimeSpan.FromSeconds(10));

        Assert.Equal([0, 1, 2, 3], phases.Distinct());
    }

    private (TableNode Dialler, TableNode Other, TableWorld World) Make(RekeySettings rekey)
    {
        // Windows that do not grow: bulk takes many round trips, each long enough for a rekey.
        var settings = new TunnelSettings
        {
            Rekey = rekey,
            Streams = new StreamLimits { WindowGrowthBytes = 0 },
            MaxDatagramBytes = PathMtu.BaseBytes,
        };
        var dialler = new TableNode(1, 1001, settings);
        var other = new TableNode(2, 1002, settings);
        _nodes.AddRange([dialler, other]);
        var world = new TableWorld(dialler, other);
        world.IsLost = (to, datagram) => Note(world, to, datagram);
        foreach (var node in _nodes)
        {
            node.Hears = (tunnel, happened) => Hear(node, tunnel, happened);
        }

        return (dialler, other, world);
    }

    private bool Note(TableWorld world, UdpEndpoint to, byte[] datagram)
    {
        if (datagram[0] == DatagramType.HandshakeMessage1)
        {
            _messages1.Add((world.Now, to));
        }

        return false;
    }

    private void Hear(TableNode node, Tunnel tunnel, TunnelEvent happened)
    {
        if (happened.Kind != TunnelEventKind.Stream)
        {
            _told.Add(happened.Kind);
        }
        else if (happened.Stream.Kind == StreamEventKind.Message)
        {
            _heard++;
            tunnel.Streams.Release(happened.Stream.Id, happened.Stream.Message.Length);
            node.Table.Touch(tunnel);
        }
    }

    private static StreamId SendBulk(TableNode node, Tunnel tunnel, int messages)
    {
        Assert.True(tunnel.Streams.TryOpen(StreamLane.Streams, out var id));
        var toSend = messages;
        SendWhatFits();
        node.Hears += (_, happened) =>
        {
            if (happened.Kind == TunnelEventKind.Stream
                && happened.Stream.Kind == StreamEventKind.Writable
                && happened.Stream.Id == id)
            {
                SendWhatFits();
            }
        };
        return id;

        void SendWhatFits()
        {
            var outcome = SendOutcome.Accepted;
            while (toSend > 0 && outcome == SendOutcome.Accepted)
            {
                outcome = tunnel.Streams.Send(id, new byte[MessageBytes]);
                toSend -= outcome == SendOutcome.Refused ? 0 : 1;
            }

            node.Table.Touch(tunnel);
        }
    }

    /// <summary>Loses the next datagram of a type to an endpoint, and hands it out later.</summary>
    private static Func<byte[]> CaptureNext(TableWorld world, UdpEndpoint to, byte type)
    {
        byte[]? captured = null;
        world.IsLost = (there, datagram) =>
        {
            if (captured is not null || there != to || (datagram[0] & type) != type)
            {
                return false;
            }

            captured = datagram;
            return true;
        };
        return () => captured!;
    }

    private static Tunnel TunnelOf(TableNode node, TableNode peer, TableWorld world) =>
        node.Table.Open(peer.Record, world.Now, world.UtcNow)!;

    private static void AssertNothingDropped(params TableNode[] nodes)
    {
        foreach (var node in nodes)
        {
            foreach (var reason in Enum.GetValues<DropReason>())
            {
                Assert.Equal((reason, 0L), (reason, node.Drops[reason]));
            }
        }
    }
}
