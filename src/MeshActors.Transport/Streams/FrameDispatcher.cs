using System;
using System.Text;
using MeshActors.Transport.Time;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Streams;

/// <summary>Reads the frames of a packet one by one and hands each to whom it concerns; stops at the first violation.</summary>
/// <remarks>All frames can be taken twice: a packet that was not taken as a whole may have counted in part, and its content comes again.</remarks>
internal sealed class FrameDispatcher
{
    private readonly StreamTable _table;
    private readonly StreamSender _sender;
    private readonly StreamReceiver _receiver;
    private readonly StreamEnds _ends;
    private readonly StreamScheduler _scheduler;
    private readonly LossRecovery _recovery;
    private readonly LaneLimit[] _lanes;
    private readonly PathInbox _paths;

    public FrameDispatcher(
        StreamTable table,
        StreamSender sender,
        StreamReceiver receiver,
        StreamEnds ends,
        StreamScheduler scheduler,
        LossRecovery recovery,
        LaneLimit[] lanes,
        PathInbox paths)
    {
        _table = table;
        _sender = sender;
        _receiver = receiver;
        _ends = ends;
        _scheduler = scheduler;
        _recovery = recovery;
        _lanes = lanes;
        _paths = paths;
    }

    /// <param name="frames">All of a packet but header and tag.</param>
    /// <param name="now">Now.</param>
    /// <param name="eliciting">True when a frame asks for an acknowledgement.</param>
    /// <param name="close">What the peer says in its CLOSE frame, null when there is none; frames after it are not read.</param>
    public FrameOutcome Handle(
        ReadOnlySpan<byte> frames, MonoTime now, out bool eliciting, out PeerClose? close)
    {
        eliciting = false;
        close = null;
        if (frames.IsEmpty)
        {
            return FrameOutcome.Malformed;
        }

        var reader = new FrameReader(frames);
        while (!reader.IsEmpty)
        {
            if (!reader.TryReadVarInt(out var type))
            {
                return FrameOutcome.Malformed;
            }

            if (type == FrameType.Close)
            {
                return TryReadClose(ref reader, out close) ? FrameOutcome.Taken : FrameOutcome.Malformed;
            }

            eliciting |= !IsAside(type);
            var outcome = type is FrameType.Ack or FrameType.AckEcn
                ? HandleAck(type, ref reader, now)
                : HandleFrame(type, ref reader);
            if (outcome != FrameOutcome.Taken)
            {
                return outcome;
            }
        }

        return FrameOutcome.Taken;
    }

    /// <summary>Frames that ask for no acknowledgement: what they say is answered otherwise, or not at all.</summary>
    private static bool IsAside(ulong type) => type is FrameType.Padding or FrameType.Ack or FrameType.AckEcn
        or FrameType.PathChallenge or FrameType.PathResponse or FrameType.Candidates
        or FrameType.PunchAt or FrameType.PunchResult
        or FrameType.RelayLease or FrameType.RelayLeased;

    private static bool TryReadClose(ref FrameReader reader, out PeerClose? close)
    {
        close = null;
        if (!CloseFrame.TryRead(ref reader, out var frame))
        {
            return false;
        }

        close = new PeerClose(frame.Code, Encoding.UTF8.GetString(frame.ReasonUtf8));
        return true;
    }

    private FrameOutcome HandleAck(ulong type, ref FrameReader reader, MonoTime now)
    {
        if (!AckFrame.TryRead(ref reader, type, out var ack))
        {
            return FrameOutcome.Malformed;
        }

        return _recovery.HandleAck(ack, now) ? FrameOutcome.Taken : FrameOutcome.AckOfUnsentPacket;
    }

    private FrameOutcome HandleFrame(ulong type, ref FrameReader reader)
    {
        switch (type)
        {
            case FrameType.Padding:
            case FrameType.Ping:
                return FrameOutcome.Taken;
            case >= FrameType.Stream and <= FrameType.StreamLast:
                return StreamFrame.TryRead(type, ref reader, out var bytes) ? Handle(bytes) : FrameOutcome.Malformed;
            case FrameType.ResetStream:
                return ResetStreamFrame.TryRead(ref reader, out var reset) ? Handle(reset) : FrameOutcome.Malformed;
            case FrameType.StopSending:
                return StopSendingFrame.TryRead(ref reader, out var stop) ? Handle(stop) : FrameOutcome.Malformed;
            case FrameType.MaxStreamData:
                return MaxStreamDataFrame.TryRead(ref reader, out var credit) ? Handle(credit) : FrameOutcome.Malformed;
            case FrameType.MaxStreams:
                return MaxStreamsFrame.TryRead(ref reader, out var streams) ? Handle(streams) : FrameOutcome.Malformed;
            case FrameType.MaxData:
                if (!MaxDataFrame.TryRead(ref reader, out var data))
                {
                    return FrameOutcome.Malformed;
                }

                _scheduler.HandlePeerCredit(data.Limit);
                return FrameOutcome.Taken;
            case FrameType.Datagram or FrameType.DatagramLast:
                if (!DatagramFrame.TryRead(type, ref reader, out var datagram))
                {
                    return FrameOutcome.Malformed;
                }

                _receiver.HandleDatagram(datagram);
                return FrameOutcome.Taken;
            case FrameType.PathChallenge or FrameType.PathResponse or FrameType.Candidates
                or FrameType.PunchAt or FrameType.PunchResult or FrameType.RelayLease or FrameType.RelayLeased:
                return _paths.TryTake(type, ref reader) ? FrameOutcome.Taken : FrameOutcome.Malformed;
            case >= FrameType.FirstSkippable:
                return reader.TryReadPrefixed(out _) ? FrameOutcome.Taken : FrameOutcome.Malformed;
            default:
                return FrameOutcome.UnknownFrame;
        }
    }

    private FrameOutcome Handle(in StreamFrame frame)
    {
        var outcome = _table.FindForFrame(frame.StreamId, out var stream);
        if (stream is null)
        {
            return outcome;
        }

        outcome = _receiver.HandleBytes(stream, frame);
        if (outcome == FrameOutcome.Taken)
        {
            _ends.Settle(stream);
        }

        return outcome;
    }

    private FrameOutcome Handle(ResetStreamFrame frame)
    {
        var outcome = _table.FindForFrame(frame.StreamId, out var stream);
        return stream is null ? outcome : _ends.HandleReset(stream, frame.Code, frame.FinalSize);
    }

    private FrameOutcome Handle(StopSendingFrame frame)
    {
        var outcome = _table.FindForFrame(frame.StreamId, out var stream);
        if (stream is not null)
        {
            _ends.HandleStopSending(stream, frame.Code);
        }

        return outcome;
    }

    private FrameOutcome Handle(MaxStreamDataFrame frame)
    {
        var outcome = _table.FindForFrame(frame.StreamId, out var stream);
        if (stream is not null)
        {
            _sender.HandleCredit(stream, frame.Limit);
        }

        return outcome;
    }

    private FrameOutcome Handle(MaxStreamsFrame frame)
    {
        if (frame.Lane >= (ulong)_lanes.Length)
        {
            return FrameOutcome.UnknownLane;
        }

        if (frame.Limit > MaxStreamsFrame.MaxLimit)
        {
            return FrameOutcome.Malformed;
        }

        _lanes[(int)frame.Lane].HandlePeerLimit(frame.Limit);
        return FrameOutcome.Taken;
    }
}

/// <summary>What the peer says when it closes the tunnel.</summary>
/// <param name="Code">Its code.</param>
/// <param name="Reason">Untrusted text of at most 256 bytes of UTF-8.</param>
internal readonly record struct PeerClose(ulong Code, string Reason);
