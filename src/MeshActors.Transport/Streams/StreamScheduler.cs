using System;
using System.Collections.Generic;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Streams;

/// <summary>Decides whose bytes go into the next packet.</summary>
/// <remarks>
/// Lost bytes go first. Then the lanes share by bytes, and in a lane the streams take turns of <see cref="TurnBytes"/>, so a long message
/// delays a short one of another stream by one turn of each busy stream and no more. A turn of several packets keeps frames of bulk long,
/// and many short messages of one stream share a frame, because a stream is a sequence of bytes.
/// </remarks>
internal sealed class StreamScheduler
{
    /// <summary>Bytes a stream may send before the next one of its lane.</summary>
    public const int TurnBytes = 4096;

    /// <summary>How far one lane may get ahead of the other, in bytes.</summary>
    private const int MostBalance = 64 * 1024;

    /// <summary>Less room than this at the end of a packet is left empty rather than filled with a crumb.</summary>
    private const int LeastRoom = 48;

    private readonly Queue<StreamState> _lost = new();
    private readonly Queue<StreamState>[] _fresh = [new(), new()];
    private long _sent;
    private int _balance;

    /// <summary>Bytes of all streams the peer takes in all.</summary>
    public long PeerCredit { get; private set; } = StreamLimits.InitialTunnelCredit;

    /// <summary>True when <see cref="Write"/> would write something.</summary>
    public bool HasPending => _lost.Count > 0 || (_sent < PeerCredit && (_fresh[0].Count > 0 || _fresh[1].Count > 0));

    /// <summary>A lower credit than before says nothing.</summary>
    public void HandlePeerCredit(long limit) => PeerCredit = Math.Max(PeerCredit, limit);

    /// <summary>Something about a stream changed: it waits for its turn if it has something to send.</summary>
    public void Touch(StreamState stream)
    {
        if (stream.Send.HasLost && !stream.InLostQueue)
        {
            stream.InLostQueue = true;
            _lost.Enqueue(stream);
        }

        if (stream.Send.HasNew && !stream.InNewQueue)
        {
            stream.InNewQueue = true;
            stream.TurnBytes = TurnBytes;
            _fresh[(int)stream.Id.Lane].Enqueue(stream);
        }
    }

    /// <summary>Writes STREAM frames until the room, the work or the credit ends.</summary>
    /// <returns>Bytes written.</returns>
    public int Write(Span<byte> destination, SentPackets packets)
    {
        var written = 0;
        while (_lost.Count > 0 && destination.Length - written >= LeastRoom)
        {
            written += WriteLost(destination[written..], packets);
        }

        while (_sent < PeerCredit && destination.Length - written >= LeastRoom && PickLane() is { } lane)
        {
            written += WriteNew(destination[written..], lane, packets);
        }

        return written;
    }

    private int WriteLost(Span<byte> destination, SentPackets packets)
    {
        var stream = _lost.Peek();
        var written = 0;
        if (stream.Send.HasLost)
        {
            var room = destination.Length - HeaderRoom(stream, destination.Length);
            written = WriteFrame(destination, stream, stream.Send.TakeLost(room), packets);
        }

        if (!stream.Send.HasLost)
        {
            stream.InLostQueue = false;
            _lost.Dequeue();
        }

        return written;
    }

    private int WriteNew(Span<byte> destination, int lane, SentPackets packets)
    {
        var stream = _fresh[lane].Peek();
        var written = 0;
        if (stream.Send.HasNew)
        {
            var room = destination.Length - HeaderRoom(stream, destination.Length);
            var most = (int)Math.Min(PeerCredit - _sent, Math.Min(room, stream.TurnBytes));
            var taken = stream.Send.TakeNew(most);
            written = WriteFrame(destination, stream, taken, packets);
            _sent += taken.Length;
            stream.TurnBytes -= taken.Length;
            _balance = Math.Clamp(_balance + (lane == 0 ? taken.Length : -taken.Length), -MostBalance, MostBalance);
        }

        if (!stream.Send.HasNew)
        {
            stream.InNewQueue = false;
            _fresh[lane].Dequeue();
        }
        else if (stream.TurnBytes <= 0)
        {
            stream.TurnBytes = TurnBytes;
            _fresh[lane].Enqueue(_fresh[lane].Dequeue());
        }

        return written;
    }

    /// <summary>The lane that sent less since both were busy last, null when none is busy.</summary>
    private int? PickLane()
    {
        if (_fresh[0].Count > 0 && _fresh[1].Count > 0)
        {
            return _balance <= 0 ? 0 : 1;
        }

        _balance = 0;
        return _fresh[0].Count > 0 ? 0 : _fresh[1].Count > 0 ? 1 : null;
    }

    private static int HeaderRoom(StreamState stream, int length) =>
        StreamFrame.HeaderSize(stream.Id.Value, stream.Send.SentTo, length);

    private static int WriteFrame(
        Span<byte> destination, StreamState stream, (long Offset, int Length, bool Fin) taken, SentPackets packets)
    {
        var (offset, length, fin) = taken;
        var written = StreamFrame.WriteHeader(destination, stream.Id.Value, offset, length, fin);
        stream.Send.CopyTo(destination.Slice(written, length), offset);
        packets.Add(new SentFrame(SentFrameKind.Stream, fin, length, offset, stream));
        return written + length;
    }
}
