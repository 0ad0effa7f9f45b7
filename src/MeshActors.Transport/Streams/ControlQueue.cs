using System;
using System.Collections.Generic;
using MeshActors.Transport.Time;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Streams;

/// <summary>Frames that must go beside bytes of streams: limits, resets and pings. They say what is true when they are written.</summary>
/// <remarks>Each is there at most once (for its stream or lane), so the queue is bounded by the streams.</remarks>
internal sealed class ControlQueue
{
    /// <summary>Most bytes one of these frames takes: a type, two bits of stream id, code and size.</summary>
    private const int MostBytes = 1 + (3 * VarInt.MaxSize);

    private readonly TunnelCredit _credit;
    private readonly LaneLimit[] _lanes;
    private readonly WindowGrowth _growth;
    private readonly bool[] _laneDue;
    private readonly Queue<StreamState> _streams = new();
    private bool _creditDue;
    private bool _pingDue;

    public ControlQueue(TunnelCredit credit, LaneLimit[] lanes, WindowGrowth growth)
    {
        _credit = credit;
        _lanes = lanes;
        _growth = growth;
        _laneDue = new bool[lanes.Length];
    }

    public bool HasPending => _pingDue || _creditDue || _streams.Count > 0 || Array.IndexOf(_laneDue, true) >= 0;

    public void QueuePing() => _pingDue = true;

    public void QueueTunnelCredit() => _creditDue = true;

    public void QueueStreamLimit(StreamLane lane) => _laneDue[(int)lane] = true;

    public void Queue(StreamState stream, StreamControl control)
    {
        stream.PendingControl |= control;
        if (!stream.InControlQueue)
        {
            stream.InControlQueue = true;
            _streams.Enqueue(stream);
        }
    }

    /// <summary>Writes what is due and fits.</summary>
    /// <returns>Bytes written.</returns>
    public int Write(Span<byte> destination, SentPackets packets, MonoTime now)
    {
        var written = 0;
        if (_pingDue && destination.Length > 0)
        {
            _pingDue = false;
            written += VarInt.Write(destination, FrameType.Ping);
        }

        if (_creditDue && destination.Length - written >= MostBytes)
        {
            _creditDue = false;
            _growth.Tune(_credit, now);
            written += new MaxDataFrame(_credit.RaiseLimit()).Write(destination[written..]);
            packets.Add(new SentFrame(SentFrameKind.TunnelCredit, false, 0, 0, null));
        }

        for (var lane = 0; lane < _lanes.Length; lane++)
        {
            if (_laneDue[lane] && destination.Length - written >= MostBytes)
            {
                _laneDue[lane] = false;
                written += new MaxStreamsFrame((ulong)lane, _lanes[lane].RaiseLimit()).Write(destination[written..]);
                packets.Add(new SentFrame(SentFrameKind.StreamLimit, false, 0, lane, null));
            }
        }

        while (_streams.Count > 0 && destination.Length - written >= 3 * MostBytes)
        {
            var stream = _streams.Dequeue();
            stream.InControlQueue = false;
            written += WriteStream(destination[written..], stream, packets, now);
        }

        return written;
    }

    private int WriteStream(Span<byte> destination, StreamState stream, SentPackets packets, MonoTime now)
    {
        var pending = stream.PendingControl;
        stream.PendingControl = StreamControl.None;
        var written = 0;
        if (stream.IsForgotten)
        {
            return written;
        }

        if ((pending & StreamControl.Reset) != 0)
        {
            written += new ResetStreamFrame(stream.Id.Value, stream.ResetCode, stream.Send.SentTo).Write(destination);
            packets.Add(new SentFrame(SentFrameKind.Reset, false, 0, 0, stream));
        }

        if ((pending & StreamControl.StopSending) != 0)
        {
            written += new StopSendingFrame(stream.Id.Value, stream.ResetCode).Write(destination[written..]);
            packets.Add(new SentFrame(SentFrameKind.StopSending, false, 0, 0, stream));
        }

        if ((pending & StreamControl.Credit) != 0 && !stream.Receive.IsDiscarding)
        {
            _growth.Tune(stream, now);
            var limit = stream.Receive.RaiseLimit();
            written += new MaxStreamDataFrame(stream.Id.Value, limit).Write(destination[written..]);
            packets.Add(new SentFrame(SentFrameKind.StreamCredit, false, 0, 0, stream));
        }

        return written;
    }
}
