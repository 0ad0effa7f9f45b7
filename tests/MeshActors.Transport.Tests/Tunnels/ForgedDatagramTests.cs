using System;
using System.Collections.Generic;
using System.Linq;
using CsCheck;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Tunnels;
using MeshActors.Transport.Wire;
using Xunit;

namespace MeshActors.Transport.Tests.Tunnels;

/// <summary>Nothing that was not sealed by the peer, and opened once, changes anything.</summary>
public sealed class ForgedDatagramTests : IDisposable
{
    private readonly TableNode _one = new(1, 1001);
    private readonly TableNode _two = new(2, 1002);
    private readonly TableWorld _world;
    private readonly Tunnel _tunnel;
    private readonly List<byte[]> _seen = [];

    public ForgedDatagramTests()
    {
        _world = new TableWorld(_one, _two);
        _world.IsLost = (to, datagram) =>
        {
            if (to == _one.Endpoint)
            {
                _seen.Add((byte[])datagram.Clone());
            }

            return false;
        };
        _tunnel = _one.Table.Open(_two.Record, _world.Now, _world.UtcNow)!;
        Assert.True(_tunnel.Streams.TryOpen(StreamLane.Streams, out var id));
        _tunnel.Streams.Send(id, new byte[30_000]);
        _one.Table.Touch(_tunnel);
        _world.Run(TimeSpan.FromSeconds(1));
        _world.IsLost = (_, datagram) => PacketHeader.TryRead(datagram, out int _, out ulong _, out uint _);
        _tunnel.Streams.Send(id, new byte[3_000]);
        _one.Table.Touch(_tunnel);
        _world.Run(TimeSpan.FromMilliseconds(3));
    }

    public void Dispose()
    {
        _one.Dispose();
        _two.Dispose();
    }

    [Fact]
    public void Any_bytes_change_nothing() =>
        Check(Gen.Byte.Array[0, 1_400]);

    [Fact]
    public void Any_bytes_behind_the_header_of_a_packet_change_nothing() =>
        Check(Gen.Select(Gen.Int[0, 3], Gen.Int[0, 100_000], Gen.Byte.Array[0, 1_400], (phase, number, rest) =>
        {
            var datagram = new byte[PacketHeader.Size + rest.Length];
            PacketHeader.Write(datagram, phase, _tunnel.Sessions.Current!.LocalConnectionId, (ulong)number);
            rest.CopyTo(datagram, PacketHeader.Size);
            return datagram;
        }));

    [Fact]
    public void True_datagrams_with_a_bit_flipped_cut_short_or_made_longer_change_nothing() =>
        Check(Gen.Select(Gen.Int[0, _seen.Count - 1], Gen.Int[0, 1_000_000], Gen.Int[0, 2], (which, where, how) =>
        {
            var datagram = (byte[])_seen[which].Clone();
            switch (how)
            {
                case 0:
                    datagram[where % datagram.Length] ^= (byte)(1 << (where % 8));
                    return datagram;
                case 1:
                    return datagram[..(where % datagram.Length)];
                default:
                    return [.. datagram, .. new byte[1 + (where % 20)]];
            }
        }));

    [Fact]
    public void True_datagrams_that_were_taken_before_change_nothing_again() =>
        Check(Gen.Int[0, _seen.Count - 1].Select(which => (byte[])_seen[which].Clone()));

    private void Check(Gen<byte[]> datagrams)
    {
        Assert.NotNull(_tunnel.Streams.OldestUnansweredSend);
        Assert.True(_seen.Count > 3);
        var before = Observe();
        Gen.Select(datagrams, Gen.Bool).Sample((datagram, fromPeer) =>
        {
            var from = fromPeer ? _two.Endpoint : new UdpEndpoint(UdpEndpoint.MappedPrefix | 0x0505_0505, 5);
            _one.Table.HandleDatagram(from, datagram, EcnMark.CongestionExperienced, _world.Now, _world.UtcNow);
            return Observe() == before;
        }, threads: 1, iter: 2_000);
        Assert.True(_one.Drops.Snapshot().Sum(drop => drop.Count) >= 2_000);
    }

    /// <summary>All that can be seen of a node and its tunnel from outside.</summary>
    private string Observe()
    {
        Span<byte> room = new byte[65_536];
        var sends = _one.Table.PollTransmit(room, out _, _world.Now);
        var events = 0;
        while (_one.Table.PollTunnel(out var tunnel))
        {
            while (tunnel.PollEvent(out _))
            {
                events++;
            }
        }

        return string.Join(
            '|',
            sends,
            events,
            _one.Table.NextTimeout,
            _one.Table.KeysHeld,
            _tunnel.State,
            _tunnel.NextTimeout,
            _tunnel.Path!.Endpoint,
            _tunnel.Path.Mtu.DatagramBytes,
            _tunnel.Sessions.Current!.Attempt,
            _tunnel.Sessions.Current.Protection.NextExpected,
            _tunnel.Sessions.Current.Protection.Opened,
            _tunnel.Sessions.Pending is null,
            _tunnel.Sessions.IsLingering,
            _tunnel.Incarnations.Own,
            _tunnel.Incarnations.Peer,
            _tunnel.Attempts.Begun,
            _tunnel.Counters.PacketsReceived,
            _tunnel.Counters.BytesReceived,
            _tunnel.Counters.BytesSent,
            _tunnel.Streams.Statistics,
            _tunnel.Streams.NextExpected,
            _tunnel.Streams.OldestUnansweredSend);
    }
}
