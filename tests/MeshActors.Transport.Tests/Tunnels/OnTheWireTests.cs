using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Tunnels;
using MeshActors.Transport.Wire;
using Xunit;

namespace MeshActors.Transport.Tests.Tunnels;

/// <summary>What goes through a tunnel, and what an observer of the wire has of it.</summary>
public sealed class OnTheWireTests : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly TableNode _one;
    private readonly TableNode _two;
    private readonly TableWorld _world;
    private readonly List<byte[]> _seen = [];
    private readonly List<byte[]> _heard = [];

    public OnTheWireTests()
    {
        var settings = new TunnelSettings { Rekey = new RekeySettings { After = TimeSpan.FromSeconds(10) } };
        _one = new TableNode(1, 1001, settings);
        _two = new TableNode(2, 1002, settings);
        _world = new TableWorld(_one, _two);
        _world.IsLost = (_, datagram) =>
        {
            _seen.Add((byte[])datagram.Clone());
            return false;
        };
        _two.Hears = (tunnel, happened) =>
        {
            if (happened.Kind == TunnelEventKind.Stream && happened.Stream.Kind == StreamEventKind.Message)
            {
                _heard.Add(happened.Stream.Message.ToArray());
                tunnel.Streams.Release(happened.Stream.Id, happened.Stream.Message.Length);
                _two.Table.Touch(tunnel);
            }
        };
    }

    public void Dispose()
    {
        _one.Dispose();
        _two.Dispose();
    }

    /// <summary>Whole datagrams of this very tunnel, headers, frames, ends: a message is bytes, whatever they look like.</summary>
    [Fact]
    public void Messages_that_look_like_the_protocol_are_carried_as_messages()
    {
        var tunnel = _one.Table.Open(_two.Record, _world.Now, _world.UtcNow)!;
        _world.Run(Second);
        var header = new byte[PacketHeader.Size + 1];
        PacketHeader.Write(header, 0, tunnel.Sessions.Current!.LocalConnectionId, 0);
        var close = new byte[64];
        close = close[..CloseFrame.Write(close, 0, "over"u8)];
        List<byte[]> messages =
        [
            .. _seen.Select(datagram => (byte[])datagram.Clone()),
            header,
            close,
            [0x02, 0xBF, 0xFF, 0xFF, 0xFF, 0, 0, 0],
            [0x10, 0, 0, 0],
            [.. Enumerable.Range(0, 256).Select(value => (byte)value)],
            "MeshActors 1"u8.ToArray(),
            new byte[1],
            [0xFF],
            new byte[2_000],
        ];
        Assert.True(tunnel.Streams.TryOpen(StreamLane.Streams, out var id));

        messages.ForEach(message => tunnel.Streams.Send(id, message));
        _one.Table.Touch(tunnel);
        _world.Run(Second);

        Assert.Equal(messages, _heard);
        Assert.Equal(TunnelState.Open, tunnel.State);
        Assert.Empty(_two.Drops.Snapshot());
    }

    /// <summary>
    /// No eight bytes anywhere in the datagrams of a session are in those of another: connection ids are new, handshakes hide who shakes hands. (The numbers of
    /// packets go on; they are four bytes.)
    /// </summary>
    [Fact]
    public void Nothing_in_the_datagrams_links_two_sessions_of_a_tunnel()
    {
        var tunnel = _one.Table.Open(_two.Record, _world.Now, _world.UtcNow)!;
        _world.Run(Second * 35);
        _one.Table.Fail(tunnel, _world.Now);
        _one.Table.Reopen(tunnel, _world.Now, _world.UtcNow);
        _world.Run(Second * 5);

        var sessions = BySession();
        Assert.InRange(tunnel.Counters.Sessions, 4, 6);
        Assert.Equal(tunnel.Counters.Sessions, sessions.Count);
        for (var later = 1; later < sessions.Count; later++)
        {
            for (var earlier = 0; earlier < later; earlier++)
            {
                Assert.True(sessions[later].Count > 1_000);
                Assert.False(sessions[later].Overlaps(sessions[earlier]), $"session {later} shows what {earlier} showed");
            }
        }
    }

    /// <summary>What the datagrams of each session hold at every place, eight bytes at a time, but for zeros; a session begins with its message 1.</summary>
    private List<HashSet<ulong>> BySession()
    {
        var sessions = new List<HashSet<ulong>>();
        var sessionOf = new Dictionary<ulong, HashSet<ulong>>();
        foreach (var datagram in _seen)
        {
            if (datagram[0] == DatagramType.HandshakeMessage1)
            {
                sessions.Add([]);
            }

            var session = sessions[^1];
            if (PacketHeader.TryRead(datagram, out _, out var connectionId, out _))
            {
                sessionOf.TryAdd(connectionId, session);
                session = sessionOf[connectionId];
            }

            for (var at = 0; at + sizeof(ulong) <= datagram.Length; at++)
            {
                session.Add(BinaryPrimitives.ReadUInt64BigEndian(datagram.AsSpan(at)));
            }
        }

        sessions.ForEach(session => session.Remove(0));
        return sessions;
    }
}
