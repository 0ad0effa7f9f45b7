using System;
using System.Collections.Generic;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Time;

namespace MeshActors.Fuzz.Targets;

/// <summary>One end of the streams that a script plays with: its mux, what it said that the other has not heard, what it holds.</summary>
internal sealed class StreamsEnd
{
    private readonly SortedDictionary<ulong, Queue<(int Length, byte Fill)>> _unheard = [];
    private readonly HashSet<ulong> _ended = [];

    /// <summary>Streams reset here: what arrives is acknowledged and not heard, and the other end may be done before it is told.</summary>
    private readonly HashSet<ulong> _reset = [];
    private readonly HashSet<(int Length, byte Fill)> _datagrams = [];
    private byte _fill;

    public StreamsEnd(int side, StreamLimits limits, MonoTime now)
    {
        Side = side;
        Limits = limits;
        Mux = new StreamMux(limits, side, new SimRandom((ulong)side), now);
    }

    public int Side { get; }

    public StreamLimits Limits { get; }

    public StreamMux Mux { get; }

    /// <summary>Streams opened here or by the other end, in order.</summary>
    public List<StreamId> Streams { get; } = [];

    /// <summary>Messages heard and not released.</summary>
    public Queue<(StreamId Id, int Bytes)> Held { get; } = new();

    /// <summary>True once the other end said what no honest one says: then only bounds and order of events are promised.</summary>
    public bool IsDeceived { get; set; }

    public void Open(StreamLane lane)
    {
        if (Mux.TryOpen(lane, out var id))
        {
            Finding.Unless(id.Side == Side && id.Lane == lane, "a stream is opened on the side and lane asked for");
            Begin(id);
        }
    }

    public void Send(StreamId id, int length)
    {
        length = Math.Min(length, StreamLimits.MostMessageBytes(id.Lane));
        var message = new byte[length];
        _fill = unchecked((byte)(_fill + 1));
        message.AsSpan().Fill(_fill);
        if (Mux.Send(id, message) is SendOutcome.Accepted or SendOutcome.AboveHighWater)
        {
            _unheard[id.Value].Enqueue((length, _fill));
        }
    }

    public void SendDatagram(int length, MonoTime deadline)
    {
        var bytes = new byte[1 + (length % DatagramQueue.MaxDatagramBytes)];
        _fill = unchecked((byte)(_fill + 1));
        bytes.AsSpan().Fill(_fill);
        _datagrams.Add((bytes.Length, _fill));
        Mux.SendDatagram(bytes, deadline);
    }

    /// <summary>Reads all events, and holds those of the other end against what was said.</summary>
    public void HandleEvents(StreamsEnd other)
    {
        while (Mux.PollEvent(out var happened))
        {
            Finding.Unless(
                happened.Kind is StreamEventKind.PeerClosed or StreamEventKind.Datagram || !_ended.Contains(happened.Id.Value), "nothing follows the end of a stream");
            switch (happened.Kind)
            {
                case StreamEventKind.Opened:
                    Finding.Unless(happened.Id.Side != Side, "what the peer opens is on its side");
                    Begin(happened.Id);
                    break;
                case StreamEventKind.Message:
                    Hear(other, happened.Id, happened.Message.Span);
                    break;
                case StreamEventKind.Datagram:
                    Finding.Unless(
                        IsDeceived || other._datagrams.Contains((happened.Message.Length, happened.Message.Span[0])), "a datagram was said");
                    break;
                case StreamEventKind.Ended:
                    End(other, happened.Id, happened.End);
                    break;
                default:
                    break;
            }
        }
    }

    public void Release()
    {
        if (Held.TryDequeue(out var message))
        {
            Mux.Release(message.Id, message.Bytes);
        }
    }

    /// <summary>Nothing may be left after all streams ended and all was acknowledged.</summary>
    public void CheckNothingLeft()
    {
        var left = Mux.Statistics;
        Finding.Unless(
            left is { OpenStreams: 0, QueuedBytes: 0, ReceivedBytes: 0, BytesInFlight: 0 }, $"side {Side} is left with {left}");
        Finding.Unless(_ended.Count == _unheard.Count, "every stream ended");
    }

    private void Begin(StreamId id)
    {
        Finding.Unless(_unheard.TryAdd(id.Value, new Queue<(int, byte)>()), $"{id} is opened once");
        Streams.Add(id);
    }

    private void Hear(StreamsEnd other, StreamId id, ReadOnlySpan<byte> message)
    {
        Held.Enqueue((id, message.Length));
        if (IsDeceived || other.IsDeceived)
        {
            return;
        }

        Finding.Unless(
            other._unheard.TryGetValue(id.Value, out var unheard) && unheard.TryDequeue(out var said)
                && said.Length == message.Length && message.IndexOfAnyExcept(said.Fill) < 0,
            $"side {Side} hears each message of {id} once and in order");
    }

    private void End(StreamsEnd other, StreamId id, StreamEnd end)
    {
        Finding.Unless(_ended.Add(id.Value), $"{id} ends once");
        Finding.Unless(
            IsDeceived || other.IsDeceived || end.Reason != StreamEndReason.Completed || _unheard[id.Value].Count == 0
                || other._reset.Contains(id.Value),
            $"{id} is completed at side {Side} when all was heard");
        Streams.Remove(id);
        if (end.Reason == StreamEndReason.ResetHere)
        {
            _reset.Add(id.Value);
        }
    }
}
