using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Handshake;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Time;
using MeshActors.Transport.Tunnels;
using MeshActors.Transport.Wire;

namespace MeshActors.Fuzz.Targets;

/// <summary>Two nodes with all that makes tunnels, handshakes to streams, over a network that the script is.</summary>
/// <remarks>
/// Whatever arrives from wherever: no machine throws, a message that was said is heard once at most and nothing else is, no message and no
/// number shows twice on the wire, strangers get no more bytes than they sent, and keys are given back.
/// </remarks>
internal sealed class TunnelsTarget : IDisposable
{
    public static readonly FuzzTarget Target = new("tunnels", Run, Seeds);

    private const int MostDatagrams = 48;
    private const int MostOperations = 120;
    private const int LongestMessage = 4_000;

    private static readonly UdpEndpoint Stranger = new(UdpEndpoint.MappedPrefix | 0xC000_0201, 9_000);

    private readonly TunnelsNode[] _nodes;
    private readonly List<Datagram> _flying = [];
    private readonly HashSet<ulong> _heard = [];
    private readonly HashSet<(ulong ConnectionId, uint Number)> _sealed = [];
    private readonly byte[] _buffer = new byte[65_535];
    private MonoTime _now = new(0);
    private ulong _said;

    /// <summary>Early data may come twice, when an attempt is given up and the responder forgets it (docs/protocol.md 3.7).</summary>
    private bool _early;

    private long _toStranger;
    private long _fromStranger;
    private bool _strangerHasPackets;

    private TunnelsTarget(byte settings)
    {
        var all = new TunnelSettings
        {
            MaxTunnels = (settings & 1) == 0 ? 256 : 1,
            Handshakes = (settings & 2) == 0 ? new HandshakeLimits() : new HandshakeLimits { LoadMessages = 1 },
            MaxDatagramBytes = (settings & 4) == 0 ? 1_200 : 16_384,
        };
        _nodes = [new TunnelsNode(0, all), new TunnelsNode(1, all)];
    }

    private DateTimeOffset UtcNow => SimIdentities.Epoch + TimeSpan.FromHours(1) + (_now - new MonoTime(0));

    public void Dispose()
    {
        _nodes[0].Dispose();
        _nodes[1].Dispose();
    }

    private static IEnumerable<byte[]> Seeds()
    {
        // Node 0 opens; message 1, derivation, message 2, derivation, first packet; a stream, a message, its acknowledgement.
        byte[] open = [0x00, 0x06, 0x07, 0, 0x1F, 1, 0x16, 0x07, 0, 0x0F, 1, 0x06, 0x07, 0, 0x16, 0x07, 0];
        yield return [0, .. open, 0x03, 1, 0, 40, 0x06, 0x07, 0, 0x16, 0x07, 0, 0x0B, 50, 0x06];
        yield return [4, .. open, 0x03, 1, 15, 160, 0x04, 0, 4, 0, 0x05, 0, 0x06, 0x08, 0, 0x07, 0, 0x16, 0x09, 0, 0, 20, 1, 0x07, 0, 0x0B, 200, 0x06, 0x07, 0];

        // Both open, one restarts, one fails, one closes, somebody else copies.
        yield return [2, 0x00, 0x10, 0x06, 0x16, 0x07, 0, 0x07, 0, 0x1F, 1, 0x0F, 1, 0x06, 0x16, 0x07, 0, 0x07, 0, 0x8B, 3, 0x06, 0x16, 0x07, 0];
        yield return [0, .. open, 0x0C, 0x00, 0x06, 0x07, 0, 0x1F, 1, 0x16, 0x07, 0, 0x0F, 1, 0x06, 0x07, 0];
        yield return [0, 0x8B, 200, 0x00, 0x83, 1, 0, 40, 0x06, 0x07, 0, 0x1F, 1, 0x16, 0x07, 0, 0x0F, 1, 0x06, 0x07, 0];
        yield return [1, .. open, 0x01, 0x0E, 0, 0x01, 0x06, 0x07, 0, 0x02, 9, 0x06, 0x07, 0, 0x0D, 0xC4, 200, 1, 0x8B, 60];
        yield return [0, 0x00, 0x06, 0x0E, 0, 0x07, 0, 0x1F, 1, 0x16, 0x0E, 0, 0x07, 0, 0x0F, 1, 0x06, 0x0E, 0, 0x16, 0x8B, 130, 0x06, 0x16];
    }

    private static void Run(ReadOnlySpan<byte> input)
    {
        var script = new Script(input);
        using var target = new TunnelsTarget(script.Byte());
        for (var operation = 0; operation < MostOperations && !script.IsOver; operation++)
        {
            target.Step(ref script);
            target._nodes[0].HandleEvents(target.Hear);
            target._nodes[1].HandleEvents(target.Hear);
        }
    }

    /// <summary>The low four bits of an operation say what, the next one at which node.</summary>
    private void Step(ref Script script)
    {
        var operation = script.Byte();
        var node = _nodes[(operation >> 4) & 1];
        switch (operation & 0xF)
        {
            case 0:
                node.Tunnel = node.Table.Open(_nodes[1 - node.Number].Record, _now, UtcNow) ?? node.Tunnel;
                break;
            case 1 when node.Tunnel is { State: TunnelState.Failed } failed:
                node.Table.Reopen(failed, _now, UtcNow);
                break;
            case 1 when node.Tunnel is { State: not TunnelState.Closed } tunnel:
                node.Table.Fail(tunnel, _now);
                break;
            case 2 when node.Tunnel is { State: not TunnelState.Closed } tunnel:
                node.Table.Close(tunnel, script.Byte(), "enough", _now);
                break;
            case 3 when node.Tunnel is { State: not TunnelState.Closed } tunnel:
                if (tunnel.Streams.TryOpen((StreamLane)script.Below(3), out var opened, early: operation >= 0x80))
                {
                    _early |= operation >= 0x80;
                    node.Streams.Add(opened);
                    Say(node, tunnel, opened, script.UInt16());
                }

                break;
            case 4 when node.Tunnel is { } tunnel && TryPick(ref script, node, out var id):
                Say(node, tunnel, id, script.UInt16());
                break;
            case 5 when node.Tunnel is { } tunnel && TryPick(ref script, node, out var id):
                EndStream(node, tunnel, id, byReset: operation >= 0x80);
                break;
            case 6:
                Send(node);
                break;
            case 7 when TryPick(ref script, out var at):
                Deliver(_flying[at]);
                _flying.RemoveAt(at);
                break;
            case 8 when TryPick(ref script, out var at):
                Deliver(_flying[at]);
                break;
            case 9 when TryPick(ref script, out var at):
                Change(_flying[at], script.UInt16(), script.Byte());
                break;
            case 10 when TryPick(ref script, out var at):
                _flying.RemoveAt(at);
                break;
            case 11:
                Pass(TimeSpan.FromMilliseconds(script.Byte() * (operation < 0x80 ? 4 : 1_000)));
                break;
            case 12:
                node.Restart();
                break;
            case 13:
                byte[] raw = [script.Byte(), .. script.Take(script.UInt16() % 1_500)];
                Deliver(new Datagram(operation < 0x80 ? Stranger : _nodes[1 - node.Number].Endpoint, node.Number, raw));
                break;
            case 14 when TryPick(ref script, out var at):
                Deliver(_flying[at] with { From = Stranger });
                break;
            case 15 when node.Table.PollDerivation(out var claim):
                node.Table.HandleDerived(claim, script.Byte() != 0 ? SimIdentities.Derive(claim) : null, _now);
                break;
            default:
                break;
        }
    }

    private static bool TryPick(ref Script script, TunnelsNode node, out StreamId id)
    {
        var pick = script.Byte();
        id = node.Streams.Count > 0 ? node.Streams[pick % node.Streams.Count] : default;
        return node.Streams.Count > 0;
    }

    private bool TryPick(ref Script script, out int at)
    {
        var pick = script.Byte();
        at = _flying.Count > 0 ? pick % _flying.Count : 0;
        return _flying.Count > 0;
    }

    private void Say(TunnelsNode node, Tunnel tunnel, StreamId id, int length)
    {
        var message = new byte[sizeof(ulong) + SimTalk.Marker.Length + (length % LongestMessage)];
        BinaryPrimitives.WriteUInt64BigEndian(message, ++_said);
        SimTalk.Marker.CopyTo(message.AsSpan(sizeof(ulong)));
        tunnel.Streams.Send(id, message);
        node.Table.Touch(tunnel);
    }

    private static void EndStream(TunnelsNode node, Tunnel tunnel, StreamId id, bool byReset)
    {
        if (byReset)
        {
            tunnel.Streams.Reset(id, code: 7);
        }
        else
        {
            tunnel.Streams.Finish(id);
        }

        node.Table.Touch(tunnel);
    }

    private void Hear(ReadOnlyMemory<byte> message)
    {
        var name = BinaryPrimitives.ReadUInt64BigEndian(message.Span);
        Finding.Unless(name <= _said && (_heard.Add(name) || _early), "a message that was said is heard once at most");
        Finding.Unless(message.Span[sizeof(ulong)..].StartsWith(SimTalk.Marker), "a message is heard as it was said");
    }

    private void Send(TunnelsNode node)
    {
        while (_flying.Count < MostDatagrams && node.Table.PollTransmit(_buffer, out var transmit, _now) is > 0 and var length)
        {
            var bytes = _buffer.AsSpan(0, length);
            Finding.Unless(
                !PacketHeader.TryRead(bytes, out _, out var connectionId, out var number) || _sealed.Add((connectionId, number)),
                "no number is sealed twice");
            Finding.Unless(bytes.IndexOf(SimTalk.Marker) < 0, "no message goes in the clear");
            if (transmit.To == Stranger)
            {
                _toStranger += length;
                Finding.Unless(_toStranger <= _fromStranger || _strangerHasPackets, "a stranger gets no more bytes than it sent");
                continue;
            }

            _flying.Add(new Datagram(node.Endpoint, transmit.To == _nodes[0].Endpoint ? 0 : 1, bytes.ToArray()));
        }
    }

    private void Deliver(Datagram datagram)
    {
        if (datagram.From == Stranger)
        {
            _fromStranger += datagram.Bytes.Length;
            _strangerHasPackets |= PacketHeader.TryRead(datagram.Bytes, out _, out _, out _);
        }

        var bytes = (byte[])datagram.Bytes.Clone();
        _nodes[datagram.To].Table.HandleDatagram(datagram.From, bytes, EcnMark.NotCapable, _now, UtcNow);
    }

    private void Change(Datagram datagram, int offset, byte by)
    {
        var bytes = (byte[])datagram.Bytes.Clone();
        bytes[offset % bytes.Length] ^= by;
        Deliver(datagram with { Bytes = bytes });
    }

    private void Pass(TimeSpan time)
    {
        _now += time;
        _nodes[0].Table.HandleTimeout(_now, UtcNow);
        _nodes[1].Table.HandleTimeout(_now, UtcNow);
    }

    private readonly record struct Datagram(UdpEndpoint From, int To, byte[] Bytes);
}
