using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Diagnostics;
using MeshActors.Transport.Handshake;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Tunnels;
using MeshActors.Transport.Wire;
using Xunit;

namespace MeshActors.Transport.Tests.Tunnels;

/// <summary>Bytes of streams that come with message 1 (docs/protocol.md 3.7). Every way takes 5 ms.</summary>
public sealed class EarlyDataTests : IDisposable
{
    private static readonly TimeSpan HalfRoundTrip = TimeSpan.FromMilliseconds(6);
    private static readonly UdpEndpoint Attacker = new(UdpEndpoint.MappedPrefix | 0x0A00_0001, 4_000);

    private readonly TableNode _caller = new(1, 1001);
    private readonly TableNode _worker = new(2, 1002);
    private readonly TableWorld _world;
    private readonly List<(UdpEndpoint To, byte[] Datagram)> _sent = [];
    private readonly List<string> _worked = [];
    private readonly List<string> _answered = [];
    private byte[] _answer = Encoding.UTF8.GetBytes("answer");

    public EarlyDataTests()
    {
        _world = new TableWorld(_caller, _worker) { Sent = (to, datagram) => _sent.Add((to, datagram)) };
        _worker.Hears = (tunnel, happened) =>
        {
            if (happened is { Kind: TunnelEventKind.Stream, Stream.Kind: StreamEventKind.Message })
            {
                _worked.Add(Encoding.UTF8.GetString(happened.Stream.Message.Span));
                tunnel.Streams.Send(happened.Stream.Id, _answer);
                _worker.Table.Touch(tunnel);
            }
        };
        _caller.Hears = (_, happened) =>
        {
            if (happened is { Kind: TunnelEventKind.Stream, Stream.Kind: StreamEventKind.Message })
            {
                _answered.Add(Encoding.UTF8.GetString(happened.Stream.Message.Span));
            }
        };
        _world.Skip(TimeSpan.FromMinutes(5));
        _sent.Clear();
    }

    public void Dispose()
    {
        _caller.Dispose();
        _worker.Dispose();
    }

    [Fact]
    public void Arrives_after_half_a_round_trip_and_is_answered_after_one()
    {
        var tunnel = Call("task");

        _world.Run(HalfRoundTrip);
        Assert.Equal(["task"], _worked);
        Assert.Empty(_answered);
        _world.Run(HalfRoundTrip);

        Assert.Equal(["answer"], _answered);
        Assert.Equal(TunnelState.Open, tunnel.State);
        _world.Run(TimeSpan.FromSeconds(5));
        Assert.Single(_worked);
        Assert.True(tunnel.Streams.IsIdle);
    }

    [Fact]
    public void Only_streams_that_may_go_early_do()
    {
        Call("task", early: false);

        _world.Run(HalfRoundTrip);
        Assert.Empty(_worked);
        _world.Run(TimeSpan.FromMilliseconds(20));

        Assert.Equal(["task"], _worked);
    }

    [Fact]
    public void What_has_no_room_follows_in_the_first_packets()
    {
        var task = new string('x', 5_000);

        Call(task);
        _world.Run(TimeSpan.FromMilliseconds(100));

        Assert.Equal([task], _worked);
        Assert.Equal(["answer"], _answered);
    }

    [Fact]
    public void Replayed_after_the_session_it_delivers_nothing()
    {
        Call("task");
        _world.Run(TimeSpan.FromSeconds(20));

        Replay(_worker.Endpoint);
        _world.Run(TimeSpan.FromSeconds(1));

        Assert.Single(_worked);
        Assert.Equal(1, _worker.Drops[DropReason.HandshakeReplayed]);
    }

    [Fact]
    public void Replayed_after_a_restart_of_the_responder_it_delivers_nothing()
    {
        Call("task");
        _world.Run(TimeSpan.FromSeconds(1));
        _worker.Restart();
        _world.Run(TimeSpan.FromMilliseconds(10));

        Replay(Attacker);
        _world.Run(TimeSpan.FromSeconds(1));

        Assert.Single(_worked);
        Assert.Contains(_sent, one => one.To == Attacker && one.Datagram[0] == DatagramType.HandshakeMessage2);
    }

    [Fact]
    public void Copied_from_another_address_it_is_delivered_once()
    {
        Call("task");
        _world.Run(HalfRoundTrip);
        Replay(Attacker);
        _world.Run(TimeSpan.FromMilliseconds(1));
        Replay(Attacker);
        _world.Run(TimeSpan.FromSeconds(1));

        Assert.Single(_worked);
        Assert.Equal(["answer"], _answered);
    }

    [Fact]
    public void A_responder_that_has_just_started_takes_it_with_the_first_packet_instead()
    {
        _worker.Restart();
        _world.Run(TimeSpan.FromMilliseconds(10));

        Call("task");
        _world.Run(HalfRoundTrip);
        Assert.Empty(_worked);
        _world.Run(TimeSpan.FromMilliseconds(20));

        Assert.Equal(["task"], _worked);
        Assert.Equal(["answer"], _answered);
    }

    [Fact]
    public void When_message_1_is_lost_its_copy_brings_it()
    {
        var losses = 0;
        _world.IsLost = (_, datagram) => datagram[0] == DatagramType.HandshakeMessage1 && losses++ < 2;

        Call("task");
        _world.Run(TimeSpan.FromMilliseconds(770));

        Assert.Equal(["task"], _worked);
        Assert.Equal(["answer"], _answered);
    }

    [Fact]
    public void When_message_2_is_lost_nothing_is_delivered_twice()
    {
        var losses = 0;
        _world.IsLost = (to, _) => to == _caller.Endpoint && losses++ < 2;

        Call("task");
        _world.Run(TimeSpan.FromSeconds(3));

        Assert.Equal(["task"], _worked);
        Assert.Equal(["answer"], _answered);
    }

    /// <summary>The caller takes what message 2 says was taken for delivered: a responder that has forgotten it must not go on in that state.</summary>
    [Fact]
    public void When_the_responder_forgets_what_it_took_the_caller_is_told_that_its_streams_ended()
    {
        var begun = 0;
        var hears = _caller.Hears!;
        _caller.Hears = (tunnel, happened) =>
        {
            begun += happened.Kind == TunnelEventKind.StreamsBegun ? 1 : 0;
            hears(tunnel, happened);
        };
        _world.IsLost = (_, datagram) => datagram[0] >= PacketHeader.TypeBits;
        var tunnel = Call("task");
        _world.Run(TimeSpan.FromSeconds(11));
        Assert.Equal(TunnelState.Failed, tunnel.State);
        _world.IsLost = (_, _) => false;

        _caller.Table.Reopen(tunnel, _world.Now, _world.UtcNow);
        _world.Run(TimeSpan.FromSeconds(1));

        Assert.Equal((TunnelState.Open, 1), (tunnel.State, begun));
    }

    /// <summary>Before the session is confirmed the source may be forged: answers go no further than what came.</summary>
    [Fact]
    public void Answers_before_the_session_are_no_longer_than_what_came()
    {
        _answer = new byte[100_000];
        Call("task");
        _world.Run(TimeSpan.FromMilliseconds(4));
        var first = _sent.Single(one => one.Datagram[0] == DatagramType.HandshakeMessage1).Datagram;
        _world.IsLost = (_, _) => true;
        _sent.Clear();

        _worker.Table.HandleDatagram(Attacker, (byte[])first.Clone(), EcnMark.NotCapable, _world.Now, _world.UtcNow);
        _world.Run(TimeSpan.FromSeconds(4));

        var answered = _sent.Where(one => one.To == Attacker).ToList();
        Assert.True(answered.Count > 1);
        Assert.InRange(answered.Sum(one => one.Datagram.Length), HandshakeMessage2.Size + 1, HandshakeMessage1.Size);
    }

    /// <summary>What is in the payload is the initiator's choice, and it may be anybody of the fleet.</summary>
    [Theory]
    [InlineData("0200000000")]
    [InlineData("1c0000")]
    [InlineData("0a0402ffff")]
    [InlineData("0a000161")]
    [InlineData("")]
    public void Anything_but_frames_of_streams_is_no_early_data(string hex) =>
        Assert.False(EarlyFrames.AreValid(Convert.FromHexString(hex), (ulong)StreamLane.Streams));

    [Fact]
    public void Rules_let_nothing_in_that_may_have_been_taken_before()
    {
        using var secret = FleetSecret.Generate(new SeededRandom(1));
        var fleet = TrustContext.Of(secret);
        var start = TableNode.WallStart;
        var now = start + TimeSpan.FromMinutes(10);
        var rules = new EarlyDataRules();
        Assert.False(rules.Allow(fleet, AttemptTimestamps.Of(now), now));
        rules.HandleTime(start);
        rules.HandleTime(now);

        Assert.True(rules.Allow(fleet, AttemptTimestamps.Of(now), now));
        Assert.False(rules.Allow(TrustContext.PinnedRoots, AttemptTimestamps.Of(now), now));
        Assert.False(rules.Allow(fleet, AttemptTimestamps.Of(now - TimeSpan.FromSeconds(121)), now));
        Assert.False(rules.Allow(fleet, AttemptTimestamps.Of(now + TimeSpan.FromSeconds(121)), now));
        var early = start + TimeSpan.FromSeconds(119);
        Assert.False(rules.Allow(fleet, AttemptTimestamps.Of(early), early));
        rules.HandleForgotten(AttemptTimestamps.Of(now));
        Assert.False(rules.Allow(fleet, AttemptTimestamps.Of(now), now));
        Assert.True(rules.Allow(fleet, AttemptTimestamps.Of(now) + 1, now));
    }

    private Tunnel Call(string task, bool early = true)
    {
        var tunnel = _caller.Table.Open(_worker.Record, _world.Now, _world.UtcNow)!;
        Assert.True(tunnel.Streams.TryOpen(StreamLane.Streams, out var id, early));
        tunnel.Streams.Send(id, Encoding.UTF8.GetBytes(task));
        _caller.Table.Touch(tunnel);
        return tunnel;
    }

    private void Replay(UdpEndpoint from)
    {
        var recorded = _sent.First(one => one.Datagram[0] == DatagramType.HandshakeMessage1).Datagram;
        _worker.Table.HandleDatagram(from, (byte[])recorded.Clone(), EcnMark.NotCapable, _world.Now, _world.UtcNow);
    }
}
