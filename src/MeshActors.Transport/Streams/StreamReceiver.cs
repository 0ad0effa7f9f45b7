using System;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Streams;

/// <summary>The receiving halves of all streams: bytes in, messages out, and credit for more.</summary>
internal sealed class StreamReceiver
{
    private readonly StreamLimits _limits;
    private readonly ControlQueue _control;
    private readonly TunnelCredit _credit;
    private readonly TunnelCredit _outside = TunnelCredit.Unlimited();
    private readonly ReceiveBudget _budget;
    private readonly StreamEvents _events;

    public StreamReceiver(StreamLimits limits, ControlQueue control, TunnelCredit credit, StreamEvents events)
    {
        _limits = limits;
        _control = control;
        _credit = credit;
        _budget = new ReceiveBudget(limits.LargeMessageBytes);
        _events = events;
    }

    /// <summary>Bytes that hold credit: arrived and neither taken nor thrown away.</summary>
    public long HeldBytes => _credit.Held + _outside.Held;

    /// <summary>Datagrams that arrived since the start.</summary>
    public long DatagramsReceived { get; private set; }

    /// <summary>Bytes of the large-message budget that are not granted.</summary>
    public long BudgetLeft => _budget.Left;

    public FrameOutcome HandleBytes(StreamState stream, in StreamFrame frame)
    {
        var receive = stream.Receive;
        var credit = CreditOf(stream);
        var outcome = receive.Check(frame, credit.Pieces < _limits.PiecesOf(stream.Id.Lane));
        if (outcome != FrameOutcome.Taken)
        {
            return outcome;
        }

        if (!credit.Allows(frame.End - receive.HighestEnd))
        {
            return FrameOutcome.TunnelCreditExceeded;
        }

        var before = receive.Account;
        var wasDone = receive.IsDone;
        outcome = receive.HandleBytes(frame, stream.Id, _events);
        credit.Apply(before, receive.Account);
        if (outcome != FrameOutcome.Taken)
        {
            return outcome;
        }

        if (receive.IsDone && !wasDone && !stream.IsEnded)
        {
            _events.Add(StreamEvent.Finished(stream.Id));
        }

        AskForMore(stream);
        return FrameOutcome.Taken;
    }

    /// <summary>Hands a datagram on, of whatever length it came.</summary>
    public void HandleDatagram(ReadOnlySpan<byte> bytes)
    {
        DatagramsReceived++;
        _events.AddDatagram(bytes.ToArray());
    }

    public FrameOutcome HandleReset(StreamState stream, long finalSize)
    {
        if (stream.Receive.FinalSize < 0 && !CreditOf(stream).Allows(finalSize - stream.Receive.HighestEnd))
        {
            return FrameOutcome.TunnelCreditExceeded;
        }

        var wasDone = stream.Receive.IsDone;
        var before = stream.Receive.Account;
        var outcome = wasDone && !stream.Receive.IsDiscarding && stream.Receive.FinalSize == finalSize
            ? FrameOutcome.Taken
            : stream.Receive.HandleReset(finalSize);
        CreditOf(stream).Apply(before, stream.Receive.Account);
        AfterRelease(stream);
        return outcome;
    }

    /// <summary>The owner took a message and lets its bytes go.</summary>
    public void Release(StreamState stream, int messageBytes)
    {
        var before = stream.Receive.Account;
        var bytes = stream.Receive.Release(messageBytes);
        CreditOf(stream).Apply(before, stream.Receive.Account);
        _budget.Return(stream, bytes);
        AfterRelease(stream);
    }

    /// <summary>The owner took messages that came without a grant, as many bytes of the stream as that is.</summary>
    public void ReleaseShort(StreamState stream, long bytes)
    {
        var before = stream.Receive.Account;
        stream.Receive.ReleaseShort(bytes);
        CreditOf(stream).Apply(before, stream.Receive.Account);
        AfterRelease(stream);
    }

    /// <summary>The owner keeps a message for something that comes by another stream of the tunnel, or took one that it kept.</summary>
    public void Hold(StreamState stream, int messageBytes, bool isOver)
    {
        var before = stream.Receive.Account;
        var bytes = isOver ? stream.Receive.ReleaseHeld(messageBytes) : stream.Receive.Hold(messageBytes);
        CreditOf(stream).Apply(before, stream.Receive.Account);
        if (isOver)
        {
            _budget.ReturnKept(stream, bytes);
        }
        else
        {
            _budget.Lend(stream, bytes);
        }

        AfterRelease(stream);
    }

    /// <summary>Throws away what is there and what will come, and gives all credit back.</summary>
    public void Discard(StreamState stream)
    {
        var before = stream.Receive.Account;
        stream.Receive.Discard();
        CreditOf(stream).Apply(before, stream.Receive.Account);
        _budget.ReturnAll(stream);
        AfterRelease(stream);
    }

    /// <summary>Asks the peer to send no more, unless it has said where the stream ends.</summary>
    public void StopSending(StreamState stream, ulong code)
    {
        if (!stream.Receive.IsDone)
        {
            stream.ResetCode = code;
            _control.Queue(stream, StreamControl.StopSending);
        }
    }

    public void HandleControlLost(StreamState stream, SentFrameKind kind)
    {
        if (!stream.IsForgotten && !stream.Receive.IsDone)
        {
            _control.Queue(stream, kind == SentFrameKind.StopSending ? StreamControl.StopSending : StreamControl.Credit);
        }
    }

    /// <summary>The control lane stands outside the tunnel's window: bulk cannot use its credit up, nor it bulk's.</summary>
    private TunnelCredit CreditOf(StreamState stream) => stream.Id.Lane == StreamLane.Control ? _outside : _credit;

    private void AfterRelease(StreamState stream)
    {
        AskForMore(stream);
        if (_credit.IsCreditDue)
        {
            _control.QueueTunnelCredit();
        }
    }

    private void AskForMore(StreamState stream)
    {
        if (stream.Receive.WantedGrant is > 0 and var bytes)
        {
            _budget.Ask(stream, bytes);
        }

        while (_budget.TryGrantNext(out var granted))
        {
            _control.Queue(granted!, StreamControl.Credit);
        }

        if (stream.Receive.IsCreditDue)
        {
            _control.Queue(stream, StreamControl.Credit);
        }

        if (_credit.IsCreditDue)
        {
            _control.QueueTunnelCredit();
        }
    }
}
