namespace MeshActors.Transport.Streams;

/// <summary>How streams end: finished by both sides, reset by one, or with their tunnel.</summary>
/// <remarks>
/// A reset ends both halves. The side that resets sends RESET_STREAM for its own half and STOP_SENDING for the other; the peer
/// answers with RESET_STREAM. The owner is told the end once, at once; the stream is forgotten when both halves are settled with the peer.
/// </remarks>
internal sealed class StreamEnds
{
    private readonly StreamTable _table;
    private readonly StreamSender _sender;
    private readonly StreamReceiver _receiver;
    private readonly StreamEvents _events;

    public StreamEnds(StreamTable table, StreamSender sender, StreamReceiver receiver, StreamEvents events)
    {
        _table = table;
        _sender = sender;
        _receiver = receiver;
        _events = events;
    }

    /// <summary>Forgets a stream whose halves are both done.</summary>
    public void Settle(StreamState stream)
    {
        if (!stream.IsForgotten && stream.Send.IsDone && stream.Receive.IsDone)
        {
            Tell(stream, StreamEndReason.Completed, 0);
            _receiver.Discard(stream);
            _table.Forget(stream);
        }
    }

    public void ResetHere(StreamState stream, ulong code)
    {
        if (stream.IsEnded)
        {
            return;
        }

        Tell(stream, StreamEndReason.ResetHere, code);
        _receiver.StopSending(stream, code);
        _sender.Reset(stream, code);
        _receiver.Discard(stream);
        Settle(stream);
    }

    /// <summary>The peer's RESET_STREAM.</summary>
    public FrameOutcome HandleReset(StreamState stream, ulong code, long finalSize)
    {
        var outcome = _receiver.HandleReset(stream, finalSize);
        if (outcome == FrameOutcome.Taken)
        {
            EndByPeer(stream, code);
        }

        return outcome;
    }

    /// <summary>The peer's STOP_SENDING. Its RESET_STREAM follows, unless its half had ended before.</summary>
    public void HandleStopSending(StreamState stream, ulong code) => EndByPeer(stream, code);

    /// <summary>Ends all streams, in the order of their ids: the tunnel is over.</summary>
    public void EndAll(StreamEndReason reason, ulong code)
    {
        foreach (var stream in _table.InOrder())
        {
            Tell(stream, reason, code);
            _sender.Drop(stream);
            _receiver.Discard(stream);
            _table.Forget(stream);
        }
    }

    private void EndByPeer(StreamState stream, ulong code)
    {
        Tell(stream, StreamEndReason.ResetByPeer, code);
        _sender.Reset(stream, code);
        _receiver.Discard(stream);
        Settle(stream);
    }

    private void Tell(StreamState stream, StreamEndReason reason, ulong code)
    {
        if (!stream.IsEnded)
        {
            stream.IsEnded = true;
            _events.Add(StreamEvent.Ended(stream.Id, new StreamEnd(reason, code, stream.MayHaveArrived)));
        }
    }
}
