using System;
using System.Buffers;
using MeshActors.Transport.Time;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Streams;

/// <summary>The receiving half of a stream: puts bytes in order, cuts them into messages, and says how much more may come.</summary>
/// <remarks>
/// Bytes run through <see cref="HighestEnd"/> ≥ <see cref="DeliveredTo"/> (in order) ≥ <see cref="CompletedTo"/> (in whole messages) ≥
/// <see cref="Released"/> (taken by the owner). In-order bytes go straight into their message; only those ahead of a gap are stored.
/// </remarks>
internal sealed class ReceiveStream
{
    private readonly RangeSet _ahead = new();
    private readonly PageBuffer _pages = new();
    private readonly MessageAssembler _assembler;
    private long _held;
    private WindowMeter _meter;
    private bool _usedUpBehindGap;

    /// <param name="windowBytes">The window to begin with.</param>
    /// <param name="mostMessageBytes">Longest message.</param>
    public ReceiveStream(int windowBytes, int mostMessageBytes)
    {
        WindowBytes = windowBytes;
        _assembler = new MessageAssembler(mostMessageBytes);
    }

    /// <summary>Most bytes that were not taken, but for long messages that were granted; it only grows.</summary>
    public int WindowBytes { get; private set; }

    /// <summary>How much of the window was not there at the beginning.</summary>
    public long GrownBytes { get; private set; }

    /// <summary>Offset after the highest byte that arrived: what counts as used credit.</summary>
    public long HighestEnd { get; private set; }

    public long DeliveredTo { get; private set; }

    public long CompletedTo { get; private set; }

    public long Released { get; private set; }

    /// <summary>The credit the peer was told of.</summary>
    public long Limit { get; private set; } = StreamLimits.InitialStreamCredit;

    /// <summary>What long messages were given beyond the window.</summary>
    public StreamGrants Grants { get; } = new();

    /// <summary>Where the stream ends, -1 while that is not known.</summary>
    public long FinalSize { get; private set; } = -1;

    /// <summary>What the stream counts in the tunnel's credit.</summary>
    public ReceiveAccount Account => new(HighestEnd, DeliveredTo - CompletedTo + _held, Released, _ahead.Count);

    /// <summary>True when what arrives is thrown away: the stream was reset by either side.</summary>
    public bool IsDiscarding { get; private set; }

    /// <summary>True when nothing more is expected.</summary>
    public bool IsDone => FinalSize >= 0 && (IsDiscarding || DeliveredTo == FinalSize);

    /// <summary>Pages and ranges held for bytes ahead of a gap.</summary>
    public int HeldPieces => _ahead.Count + _pages.HeldPages;

    /// <summary>Bytes of the long message under way that must be granted before it can come, 0 when none, or while another one is held.</summary>
    public int WantedGrant
    {
        get
        {
            var length = _assembler.LengthWithPrefix;
            return length > WindowBytes && CompletedTo + length > Granted && !Grants.HasLent ? length : 0;
        }
    }

    /// <summary>The credit as it should be.</summary>
    public long WantedLimit => Math.Max(Limit, Granted);

    /// <summary>True when the peer should be told of a higher credit: it rose a good deal, or the message under way needs it.</summary>
    public bool IsCreditDue
    {
        get
        {
            var more = WantedLimit - Limit;
            return FinalSize < 0 && !IsDiscarding && more > 0
                && (more >= WindowBytes / 4 || CompletedTo + _assembler.LengthWithPrefix > Limit);
        }
    }

    private long Granted => Released + WindowBytes + Grants.Bytes;

    /// <summary>Looks for violations and bounds before anything changes.</summary>
    /// <param name="frame">What arrived.</param>
    /// <param name="mayKeepPiece">False when no further piece ahead of a gap may be kept.</param>
    public FrameOutcome Check(in StreamFrame frame, bool mayKeepPiece)
    {
        if (frame.End > Limit)
        {
            return FrameOutcome.StreamCreditExceeded;
        }

        if (FinalSize >= 0 && frame.End > FinalSize)
        {
            return FrameOutcome.BytesBeyondFinalSize;
        }

        if (frame.Fin && frame.End < HighestEnd)
        {
            return FrameOutcome.BytesBeyondFinalSize;
        }

        if (frame.Fin && FinalSize >= 0 && frame.End != FinalSize)
        {
            return FrameOutcome.FinalSizeChanged;
        }

        var isAhead = frame.Offset > DeliveredTo && !IsDiscarding && !frame.Bytes.IsEmpty;
        return isAhead && !mayKeepPiece ? FrameOutcome.NotTaken : FrameOutcome.Taken;
    }

    /// <summary>Takes the bytes of a frame that was checked; whole messages become events.</summary>
    public FrameOutcome HandleBytes(in StreamFrame frame, StreamId id, StreamEvents events)
    {
        HighestEnd = Math.Max(HighestEnd, frame.End);
        if (frame.Fin)
        {
            FinalSize = frame.End;
        }

        if (IsDiscarding)
        {
            Discard();
            return FrameOutcome.Taken;
        }

        if (frame.Offset > DeliveredTo)
        {
            if (!frame.Bytes.IsEmpty)
            {
                _pages.FreeBelow(DeliveredTo);
                _pages.Write(frame.Offset, frame.Bytes);
                _ahead.Add(frame.Offset, frame.End);
                _usedUpBehindGap |= HighestEnd > Limit - (WindowBytes / 8);
            }

            return FrameOutcome.Taken;
        }

        if (frame.End > DeliveredTo && !Deliver(frame.Bytes[(int)(DeliveredTo - frame.Offset)..], id, events))
        {
            return FrameOutcome.MessageLengthOutOfRange;
        }

        if (!_ahead.IsEmpty && !DeliverAhead(id, events))
        {
            return FrameOutcome.MessageLengthOutOfRange;
        }

        return DeliveredTo == FinalSize && !_assembler.IsBetweenMessages
            ? FrameOutcome.MessageCutShort
            : FrameOutcome.Taken;
    }

    /// <summary>The peer sends no more; what it sent and is not delivered never will be.</summary>
    public FrameOutcome HandleReset(long finalSize)
    {
        if (finalSize > Limit)
        {
            return FrameOutcome.StreamCreditExceeded;
        }

        if (FinalSize >= 0 && FinalSize != finalSize)
        {
            return FrameOutcome.FinalSizeChanged;
        }

        if (finalSize < HighestEnd)
        {
            return FrameOutcome.BytesBeyondFinalSize;
        }

        FinalSize = finalSize;
        HighestEnd = finalSize;
        Discard();
        return FrameOutcome.Taken;
    }

    /// <summary>What arrived and was not taken is thrown away, and so is what will arrive.</summary>
    public void Discard()
    {
        IsDiscarding = true;
        DeliveredTo = CompletedTo = Released = HighestEnd;
        _held = 0;
        _ahead.Clear();
        _pages.FreeAll();
        _assembler.Clear();
    }

    /// <summary>The owner took a message.</summary>
    /// <returns>Bytes it was of the stream, prefix included.</returns>
    public int Release(int messageBytes)
    {
        var bytes = VarInt.Size((ulong)messageBytes) + messageBytes;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, CompletedTo - Released, nameof(messageBytes));
        Released += bytes;
        return bytes;
    }

    /// <summary>The owner took messages that came without a grant.</summary>
    /// <param name="bytes">Bytes they were of the stream, prefixes included.</param>
    public void ReleaseShort(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, CompletedTo - Released);
        Released += bytes;
    }

    /// <summary>The owner keeps a message for something that comes by another stream: until it is taken it uses the credit of this stream, and not the tunnel's.</summary>
    /// <returns>Bytes it is of the stream, prefix included.</returns>
    public int Hold(int messageBytes)
    {
        var bytes = VarInt.Size((ulong)messageBytes) + messageBytes;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, CompletedTo - Released - _held, nameof(messageBytes));
        _held += bytes;
        return bytes;
    }

    /// <summary>The owner took a message that it kept.</summary>
    /// <returns>Bytes it was of the stream, prefix included.</returns>
    public int ReleaseHeld(int messageBytes)
    {
        var bytes = VarInt.Size((ulong)messageBytes) + messageBytes;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, _held, nameof(messageBytes));
        _held -= bytes;
        Released += bytes;
        return bytes;
    }

    /// <summary>From now on the owner gives the memory of messages back to where it came from; bytes ahead of a gap are held in memory from there too.</summary>
    public void Recycle(ArrayPool<byte> pool) => _assembler.Pool = _pages.Pool = pool;

    /// <summary>Lets go of memory that only traffic needs.</summary>
    public void Trim() => _pages.Trim();

    /// <summary>True, once, when the window holds the peer back: it is used up within some time, or was while a gap waited to be filled.</summary>
    /// <param name="time">See <see cref="WindowMeter.IsUsedUpWithin"/>.</param>
    /// <param name="now">Now.</param>
    public bool IsWindowUsedUpWithin(TimeSpan time, MonoTime now)
    {
        // A window behind a gap takes longer, for the gap is not filled before a round trip. It counts while the owner takes what is whole.
        var behindGap = _usedUpBehindGap && CompletedTo - Released <= WindowBytes / 4;
        _usedUpBehindGap = false;
        return _meter.IsUsedUpWithin(time, Released, WindowBytes, now) || behindGap;
    }

    public void Grow(int bytes)
    {
        WindowBytes += bytes;
        GrownBytes += bytes;
    }

    /// <summary>The wanted credit becomes the one the peer knows.</summary>
    public long RaiseLimit() => Limit = WantedLimit;

    private bool DeliverAhead(StreamId id, StreamEvents events)
    {
        while (!_ahead.IsEmpty && _ahead[0].Start <= DeliveredTo)
        {
            var end = _ahead.TakeFirst(long.MaxValue).End;
            while (DeliveredTo < end)
            {
                if (!Deliver(_pages.Read(DeliveredTo, end), id, events))
                {
                    return false;
                }
            }
        }

        if (_ahead.IsEmpty)
        {
            _pages.FreeAll();
        }

        _pages.FreeBelow(DeliveredTo);
        return true;
    }

    private bool Deliver(ReadOnlySpan<byte> bytes, StreamId id, StreamEvents events)
    {
        var end = DeliveredTo + bytes.Length;
        while (!bytes.IsEmpty)
        {
            _assembler.CreditBytes = Granted - CompletedTo;
            switch (_assembler.Push(ref bytes, out var message))
            {
                case AssemblyStep.BadLength:
                    return false;
                case AssemblyStep.Message:
                    CompletedTo = end - bytes.Length;
                    events.Add(StreamEvent.Arrived(id, message));
                    break;
                default:
                    break;
            }
        }

        DeliveredTo = end;
        return true;
    }
}
