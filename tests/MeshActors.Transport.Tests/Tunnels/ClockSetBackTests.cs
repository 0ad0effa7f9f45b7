using System;
using System.Collections.Generic;
using MeshActors.Transport.Tunnels;
using MeshActors.Transport.Wire;
using Xunit;

namespace MeshActors.Transport.Tests.Tunnels;

/// <summary>A node that is started again with its clock behind what it was: peers remember later timestamps of it.</summary>
public sealed class ClockSetBackTests : IDisposable
{
    private static readonly TimeSpan Ahead = TimeSpan.FromMinutes(8);

    private readonly TableNode _node = new(1, 1001);
    private readonly TableNode _peer = new(2, 1002);
    private readonly List<byte[]> _replies = [];
    private readonly TableWorld _world;
    private int _messages1;

    public ClockSetBackTests()
    {
        _world = new TableWorld(_node, _peer)
        {
            Sent = (_, datagram) =>
            {
                _messages1 += datagram[0] == DatagramType.HandshakeMessage1 ? 1 : 0;
                if (datagram[0] == DatagramType.TimestampReply)
                {
                    _replies.Add(datagram);
                }
            },
        };
    }

    public void Dispose()
    {
        _node.Dispose();
        _peer.Dispose();
    }

    [Fact]
    public void It_is_told_and_has_its_tunnel_two_round_trips_after_it_dialled()
    {
        StartAgainBehind();

        var tunnel = Dial();
        _world.Run(TimeSpan.FromMilliseconds(30));

        Assert.Equal(TunnelState.Open, tunnel.State);
        Assert.Single(_replies);
        Assert.Equal(2, _messages1);
        Assert.True(tunnel.Streams.RoundTrip.SmoothedOrInitial > TimeSpan.Zero);
    }

    [Fact]
    public void Later_sessions_of_that_tunnel_go_on_above_without_being_told_again()
    {
        StartAgainBehind();
        var tunnel = Dial();
        _world.Run(TimeSpan.FromSeconds(1));
        var sessions = tunnel.Counters.Sessions;

        for (var second = 0; second < 300; second++)
        {
            _world.Run(TimeSpan.FromMilliseconds(50));
            _world.Skip(TimeSpan.FromSeconds(1));
        }

        Assert.InRange(tunnel.Counters.Sessions, sessions + 2, sessions + 3);
        Assert.Equal(TunnelState.Open, tunnel.State);
        Assert.Single(_replies);
    }

    [Fact]
    public void An_attempt_begins_anew_once_however_often_it_is_told()
    {
        StartAgainBehind();
        _world.IsLost = (to, datagram) => to == _node.Endpoint && datagram[0] == DatagramType.HandshakeMessage2;
        var tunnel = Dial();
        _world.Run(TimeSpan.FromMilliseconds(100));
        var reply = Assert.Single(_replies);

        for (var time = 0; time < 10; time++)
        {
            _node.Table.HandleDatagram(_peer.Endpoint, reply, EcnMark.NotCapable, _world.Now, _world.UtcNow);
        }

        _world.Run(TimeSpan.FromMilliseconds(100));
        Assert.Equal(2, _messages1);
        Assert.Equal(TunnelState.Opening, tunnel.State);
    }

    [Fact]
    public void A_forged_reply_changes_nothing()
    {
        StartAgainBehind();
        _world.IsLost = (_, datagram) => datagram[0] == DatagramType.TimestampReply;
        Dial();
        _world.Run(TimeSpan.FromMilliseconds(100));
        var reply = Assert.Single(_replies);
        reply[^1] ^= 1;

        _node.Table.HandleDatagram(_peer.Endpoint, reply, EcnMark.NotCapable, _world.Now, _world.UtcNow);
        _world.Run(TimeSpan.FromMilliseconds(100));

        Assert.Equal(1, _messages1);
    }

    /// <summary>It had a tunnel while its clock was ahead, was killed, and its clock is right now.</summary>
    private void StartAgainBehind()
    {
        _node.Skew = Ahead;
        Dial();
        _world.Run(TimeSpan.FromSeconds(1));
        _node.Skew = TimeSpan.Zero;
        _node.Restart();
        _messages1 = 0;
    }

    private Tunnel Dial() => _node.Table.Open(_peer.Record, _world.Now, _world.UtcNow + _node.Skew)!;
}
