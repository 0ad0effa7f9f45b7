using System;
using System.Collections.Generic;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Streams;

/// <summary>Decides whose bytes go into the next packet.</summary>
/// <remarks>
/// The control lane goes first, its lost bytes before new ones. Of the other lanes lost bytes go first. Then these lanes share by bytes, and in a lane
/// the streams take turns of <see cref="LeastTurnBytes"/> or one packet, so a long message delays a short one of another stream by one turn
/// of each busy stream and no more. A turn of several packets keeps frames of bulk long, and many short messages of one stream
/// share a frame, because a stream is a sequence of bytes.
/// </remarks>
internal sealed class StreamScheduler
{
    /// <summary>Bytes a stream may send before the next one of its lane; a whole packet when that holds more.</summary>
    public const int LeastTurnBytes = 4096;

    /// <summary>How far one lane may get ahead of the other, in bytes: a turn of the largest packet.</summary>
    private const int MostBalance = 64 * 1024;

    /// <summary>Less room than this at the end of a packet is left empty rather than filled with a crumb.</summary>
    private const int LeastRoom = 48;

    private readonly Queue<StreamState> _lost = new();
    private readonly Queue<StreamState> _lostControl = new();
    private readonly Queue<StreamState>[] _fresh = [new(), new(), new()];
    private long _sent;
    private int _balance;
    private int _turnBytes = LeastTurnBytes;

    /// <summary>Bytes of all streams but those of the control lane that the peer takes in all.</summary>
    public long PeerCredit { get; private set; } = StreamLimits.InitialTunnelCredit;

    /// <summary>True when <see cref="WriteControl"/> has something to look at.</summary>
    public bool HasControl => _lostControl.Count > 0 || Control.Count > 0;

    /// <summary>True when <see cref="Write"/> has something to look at.</summary>
    public bool HasPending => _lost.Count > 0 || (_sent < PeerCredit && (Associations.Count > 0 || Streams.Count > 0));

    private Queue<StreamState> Associations => _fresh[(int)StreamLane.Association];

    private Queue<StreamState> Streams => _fresh[(int)StreamLane.Streams];

    private Queue<StreamState> Control => _fresh[(int)StreamLane.Control];

    /// <summary>Streams that have more to send than the peer takes of them at this time.</summary>
    public int WaitingForCredit { get; private set; }

    /// <summary>True when bytes wait for the tunnel's credit.</summary>
    public bool TunnelWaitsForCredit => _sent >= PeerCredit && (Associations.Count > 0 || Streams.Count > 0);

    /// <summary>A lower credit than before says nothing.</summary>
    public void HandlePeerCredit(long limit) => PeerCredit = Math.Max(PeerCredit, limit);

    /// <summary>Something about a stream changed: it waits for its turn if it has something to send.</summary>
    public void Touch(StreamState stream)
    {
        CountWaiting(stream);
        if (stream.Send.HasLost && !stream.InLostQueue)
        {
            stream.InLostQueue = true;
            (stream.Id.Lane == StreamLane.Control ? _lostControl : _lost).Enqueue(stream);
        }

        if (stream.Send.HasNew && !stream.InNewQueue)
        {
            stream.InNewQueue = true;
            stream.TurnBytes = _turnBytes;
            _fresh[(int)stream.Id.Lane].Enqueue(stream);
        }
    }

    /// <summary>Writes STREAM frames of the control lane until the room or the work ends; the tunnel's credit does not count there.</summary>
    /// <returns>Bytes written.</returns>
    public int WriteControl(Span<byte> destination, SentPackets packets)
    {
        var written = WriteLost(destination, _lostControl, packets);
        while (Control.Count > 0 && destination.Length - written >= LeastRoom)
        {
            written += WriteNew(destination[written..], Control, int.MaxValue, packets, out _);
        }

        return written;
    }

    /// <summary>Writes STREAM frames of the other lanes until the room, the work or the credit ends.</summary>
    /// <returns>Bytes written.</returns>
    public int Write(Span<byte> destination, SentPackets packets)
    {
        _turnBytes = Math.Max(LeastTurnBytes, destination.Length);
        var written = WriteLost(destination, _lost, packets);
        while (_sent < PeerCredit && destination.Length - written >= LeastRoom && PickLane() is { } lane)
        {
            written += WriteNew(destination[written..], lane, PeerCredit - _sent, packets, out var bytes);
            _sent += bytes;
            _balance = Math.Clamp(_balance + (lane == Associations ? bytes : -bytes), -MostBalance, MostBalance);
        }

        return written;
    }

    /// <summary>Writes STREAM frames of one stream out of turn, into something that is no packet.</summary>
    /// <param name="destination">Room for them.</param>
    /// <param name="stream">It stays in its queues, where it has nothing to send then.</param>
    /// <param name="sent">Gets what was written.</param>
    /// <returns>Bytes written.</returns>
    public int WriteAhead(Span<byte> destination, StreamState stream, List<SentFrame> sent)
    {
        var written = 0;
        while (destination.Length - written >= LeastRoom
               && (stream.Send.HasLost || (stream.Send.HasNew && _sent < PeerCredit)))
        {
            var room = destination.Length - written;
            var most = room - HeaderRoom(stream, room);
            var isNew = !stream.Send.HasLost;
            var taken = isNew
                ? stream.Send.TakeNew((int)Math.Min(most, PeerCredit - _sent))
                : stream.Send.TakeLost(most);
            _sent += isNew ? taken.Length : 0;
            written += WriteFrame(destination[written..], stream, taken, out var frame);
            sent.Add(frame);
        }

        return written;
    }

    private static int WriteLost(Span<byte> destination, Queue<StreamState> lost, SentPackets packets)
    {
        var written = 0;
        while (destination.Length - written >= LeastRoom && lost.TryPeek(out var stream))
        {
            if (stream.Send.HasLost)
            {
                var room = destination.Length - written;
                var taken = stream.Send.TakeLost(room - HeaderRoom(stream, room));
                written += WriteFrame(destination[written..], stream, taken, packets);
            }

            if (!stream.Send.HasLost)
            {
                stream.InLostQueue = false;
                lost.Dequeue();
            }
        }

        return written;
    }

    private int WriteNew(
        Span<byte> destination, Queue<StreamState> lane, long credit, SentPackets packets, out int bytes)
    {
        var stream = lane.Peek();
        var written = 0;
        bytes = 0;
        if (stream.Send.HasNew)
        {
            var room = destination.Length - HeaderRoom(stream, destination.Length);
            var turn = lane.Count == 1 ? room : Math.Min(room, stream.TurnBytes);
            var taken = stream.Send.TakeNew((int)Math.Min(credit, turn));
            written = WriteFrame(destination, stream, taken, packets);
            bytes = taken.Length;
            stream.TurnBytes -= bytes;
            CountWaiting(stream);
        }

        if (!stream.Send.HasNew)
        {
            stream.InNewQueue = false;
            lane.Dequeue();
        }
        else if (stream.TurnBytes < LeastRoom)
        {
            stream.TurnBytes = _turnBytes;
            lane.Enqueue(lane.Dequeue());
        }

        return written;
    }

    /// <summary>The lane that sent less since both were busy last, null when none is busy.</summary>
    private Queue<StreamState>? PickLane()
    {
        if (Associations.Count > 0 && Streams.Count > 0)
        {
            return _balance <= 0 ? Associations : Streams;
        }

        _balance = 0;
        return Associations.Count > 0 ? Associations : Streams.Count > 0 ? Streams : null;
    }

    private void CountWaiting(StreamState stream)
    {
        if (stream.CountsAsWaiting != stream.Send.WaitsForCredit)
        {
            stream.CountsAsWaiting = !stream.CountsAsWaiting;
            WaitingForCredit += stream.CountsAsWaiting ? 1 : -1;
        }
    }

    private static int HeaderRoom(StreamState stream, int length) =>
        StreamFrame.HeaderSize(stream.Id.Value, stream.Send.SentTo, length);

    private static int WriteFrame(
        Span<byte> destination, StreamState stream, (long Offset, int Length, bool Fin) taken, SentPackets packets)
    {
        var written = WriteFrame(destination, stream, taken, out var frame);
        packets.Add(frame);
        return written;
    }

    private static int WriteFrame(
        Span<byte> destination, StreamState stream, (long Offset, int Length, bool Fin) taken, out SentFrame frame)
    {
        var (offset, length, fin) = taken;
        var written = StreamFrame.WriteHeader(destination, stream.Id.Value, offset, length, fin);
        stream.Send.CopyTo(destination.Slice(written, length), offset);
        frame = new SentFrame(SentFrameKind.Stream, fin, length, offset, stream);
        return written + length;
    }
}
