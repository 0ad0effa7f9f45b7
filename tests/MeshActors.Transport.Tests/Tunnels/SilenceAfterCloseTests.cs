using System;
using System.Collections.Generic;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Time;
using MeshActors.Transport.Tunnels;
using MeshActors.Transport.Wire;
using Xunit;

namespace MeshActors.Transport.Tests.Tunnels;

/// <summary>What was closed is quiet: two seconds later nothing of it is on the wire.</summary>
public sealed class SilenceAfterCloseTests : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly TableNode _one = new(1, 1001);
    private readonly TableNode _two = new(2, 1002);
    private readonly TableWorld _world;
    private readonly Tunnel _tunnel;
    private readonly SeededRandom _chance = new(5);
    private readonly List<(MonoTime At, UdpEndpoint To)> _sent = [];
    private int _lossPercent;

    public SilenceAfterCloseTests()
    {
        _world = new TableWorld(_one, _two);
        _tunnel = _one.Table.Open(_two.Record, _world.Now, _world.UtcNow)!;
        _world.Run(Second);
        _world.IsLost = (to, _) =>
        {
            _sent.Add((_world.Now, to));
            Span<byte> dice = stackalloc byte[1];
            _chance.Fill(dice);
            return dice[0] * 100 < _lossPercent * 256;
        };
    }

    public void Dispose()
    {
        _one.Dispose();
        _two.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    public void A_closed_tunnel_sends_nothing_more_after_two_seconds(int lossPercent)
    {
        _lossPercent = lossPercent;
        StartBulk();
        _one.Table.Close(_tunnel, 7, "over", _world.Now);

        AssertQuietAfter(Second * 2, _two.Endpoint);
        _world.Run(Second * 60);
        Assert.True(_one.Table.IsQuiet);
    }

    /// <summary>The other side never hears of the end and sends on: it gets no more answers, unless it shakes hands anew.</summary>
    [Theory]
    [InlineData(5)]
    [InlineData(700)]
    public void A_closed_tunnel_is_quiet_also_when_the_peer_sends_on(int wayMilliseconds)
    {
        _world.Way = TimeSpan.FromMilliseconds(wayMilliseconds);
        for (var ping = 0; ping < 10; ping++)
        {
            _tunnel.Streams.Ping();
            _one.Table.Touch(_tunnel);
            _world.Run(Second * 2);
        }

        Assert.True(_two.Table.Open(_one.Record, _world.Now, _world.UtcNow)!.Streams.TryOpen(StreamLane.Streams, out var id));
        _world.IsLost = (to, datagram) =>
        {
            _sent.Add((_world.Now, to));
            return to == _two.Endpoint || datagram[0] >= DatagramType.HandshakeMessage1;
        };
        var back = _two.Table.Open(_one.Record, _world.Now, _world.UtcNow)!;
        back.Streams.Send(id, new byte[500_000]);
        _two.Table.Touch(back);
        _world.Run(_world.Way * 3);
        _one.Table.Close(_tunnel, 7, "over", _world.Now);

        AssertQuietAfter(Second * 2, _two.Endpoint);
        Assert.Contains(_sent, sent => sent.To == _one.Endpoint && sent.At > _world.Now - (Second * 10));
    }

    /// <summary>Before the first round trip was measured a probe timeout is a second.</summary>
    [Fact]
    public void A_tunnel_that_is_closed_before_anything_was_heard_is_quiet_too()
    {
        using var three = new TableNode(3, 1003);
        var unanswered = _one.Table.Open(three.Record, _world.Now, _world.UtcNow)!;
        _world.Run(TimeSpan.FromMilliseconds(300));
        _one.Table.Close(unanswered, 7, "over", _world.Now);

        AssertQuietAfter(Second * 2, three.Endpoint);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public void A_stream_that_was_reset_sends_nothing_more_after_two_seconds(int lossPercent)
    {
        _lossPercent = lossPercent;
        var id = StartBulk();
        _tunnel.Streams.Reset(id, 7);
        _one.Table.Touch(_tunnel);

        AssertQuietAfter(Second * 2, _one.Endpoint, _two.Endpoint);
        Assert.Equal(TunnelState.Open, _tunnel.State);
    }

    private StreamId StartBulk()
    {
        Assert.True(_tunnel.Streams.TryOpen(StreamLane.Streams, out var id));
        _tunnel.Streams.Send(id, new byte[1_000_000]);
        _one.Table.Touch(_tunnel);
        _world.Run(TimeSpan.FromMilliseconds(40));
        Assert.True(_tunnel.Streams.Statistics.BytesInFlight > 0);
        return id;
    }

    /// <summary>Nothing is sent to these endpoints from then on, until the keep-alive of tunnels that live is due.</summary>
    private void AssertQuietAfter(TimeSpan span, params UdpEndpoint[] endpoints)
    {
        _world.Run(span);
        var from = _world.Now;
        _world.Run(Second * 20);

        Assert.DoesNotContain(_sent, sent => sent.At >= from && Array.IndexOf(endpoints, sent.To) >= 0);
    }
}
