using System;
using System.Collections.Generic;
using System.Linq;
using MeshActors.Transport.Paths;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Tunnels;
using Xunit;

namespace MeshActors.Transport.Tests.Tunnels;

/// <summary>Two whole tunnel tables over a path that drops what is too large, also when it changes under way.</summary>
public sealed class PathMtuInTunnelTests : IDisposable
{
    private const int MessageBytes = 20_000;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly TableNode _sender = new(1, 1001);
    private readonly TableNode _receiver = new(2, 1002);
    private readonly TableWorld _world;
    private readonly Tunnel _tunnel;
    private readonly StreamId _id;
    private readonly Dictionary<int, int> _sentBySize = [];
    private int _mtu = int.MaxValue;
    private int _heard;

    public PathMtuInTunnelTests()
    {
        _world = new TableWorld(_sender, _receiver);
        _tunnel = _sender.Table.Open(_receiver.Record, _world.Now, _world.UtcNow)!;
        _world.Run(Second);
        _world.IsLost = (_, datagram) =>
        {
            _sentBySize[datagram.Length] = _sentBySize.GetValueOrDefault(datagram.Length) + 1;
            return datagram.Length > _mtu;
        };
        Assert.True(_tunnel.Streams.TryOpen(StreamLane.Streams, out _id));
        _receiver.Hears = (tunnel, happened) =>
        {
            if (happened.Kind == TunnelEventKind.Stream && happened.Stream.Kind == StreamEventKind.Message)
            {
                _heard++;
                tunnel.Streams.Release(happened.Stream.Id, happened.Stream.Message.Length);
                _receiver.Table.Touch(tunnel);
            }
        };
    }

    private int Size => _tunnel.Path!.Mtu.DatagramBytes;

    public void Dispose()
    {
        _sender.Dispose();
        _receiver.Dispose();
    }

    [Theory]
    [InlineData(1_200, 1_200)]
    [InlineData(1_280, 1_280)]
    [InlineData(1_472, 1_472)]
    [InlineData(9_000, 8_900)]
    [InlineData(65_507, 16_384)]
    public void The_largest_datagram_that_the_path_carries_is_found_and_everything_arrives(int mtu, int found)
    {
        _mtu = mtu;

        Send(100, Second * 10);

        Assert.Equal(100, _heard);
        Assert.Equal(found, Size);
        Assert.All(_sentBySize.Where(sent => sent.Key > found), sent => Assert.InRange(sent.Value, 1, PathMtu.ProbesOfASize));
    }

    /// <summary>Its loss says something about size, nothing about congestion: the window must not shrink for it.</summary>
    [Fact]
    public void Lost_probes_do_not_slow_the_tunnel_down()
    {
        _mtu = PathMtu.BaseBytes;
        var before = _tunnel.Streams.Statistics.WindowBytes;

        Send(20, Second * 3);

        Assert.Equal(20, _heard);
        Assert.True(_tunnel.Streams.Statistics.PacketsLost >= PathMtu.ProbesOfASize);
        Assert.True(_tunnel.Streams.Statistics.WindowBytes > before);
    }

    [Fact]
    public void A_path_that_shrinks_under_way_is_noticed_and_everything_arrives()
    {
        Send(20, Second * 3);
        Assert.Equal(16_384, Size);
        _mtu = 1_300;
        _sentBySize.Clear();
        var probeTimeout = _tunnel.Streams.RoundTrip.ProbeTimeout;

        var before = _world.Now;
        Queue(60);
        while (Size > PathMtu.BaseBytes)
        {
            _world.Run(TimeSpan.FromMilliseconds(1));
        }

        // Each timeout is twice the one before: three of them are seven of the first.
        Assert.True(_world.Now - before < 7 * probeTimeout, $"noticed after {_world.Now - before}");
        _world.Run(Second * 5);
        Assert.Equal(80, _heard);
        Assert.Equal(TunnelState.Open, _tunnel.State);
        Assert.InRange(Size, PathMtu.BaseBytes, 1_280);

        _world.Run(PathMtu.FirstSearchAfterBlackHole);
        Send(20, Second * 5);
        Assert.Equal(1_280, Size);
        Assert.Equal(100, _heard);
    }

    /// <summary>A message that fills part of a large datagram, now and then: no flow that losses could be counted in.</summary>
    [Fact]
    public void Single_messages_get_through_a_path_that_shrank()
    {
        Send(20, Second * 3);
        _mtu = 1_300;

        for (var message = 0; message < 5; message++)
        {
            _tunnel.Streams.Send(_id, new byte[3_000]);
            _sender.Table.Touch(_tunnel);
            _world.Run(Second * 2);
            Assert.Equal(21 + message, _heard);
        }

        Assert.Equal(TunnelState.Open, _tunnel.State);
        Assert.InRange(Size, PathMtu.BaseBytes, 1_280);
    }

    /// <summary>Whatever is lost together with large datagrams says that it was not for their size.</summary>
    [Fact]
    public void An_outage_is_no_black_hole()
    {
        Send(20, Second * 3);
        Queue(60);
        _world.Run(TimeSpan.FromMilliseconds(25));

        var mtu = _mtu;
        _mtu = 0;
        _world.Run(TimeSpan.FromMilliseconds(400));
        _mtu = mtu;
        _world.Run(Second * 5);

        Assert.Equal(80, _heard);
        Assert.Equal(16_384, Size);
    }

    private void Send(int messages, TimeSpan within)
    {
        Queue(messages);
        _world.Run(within);
    }

    private void Queue(int messages)
    {
        for (var message = 0; message < messages; message++)
        {
            Assert.NotEqual(SendOutcome.Refused, _tunnel.Streams.Send(_id, new byte[MessageBytes]));
        }

        _sender.Table.Touch(_tunnel);
    }
}
