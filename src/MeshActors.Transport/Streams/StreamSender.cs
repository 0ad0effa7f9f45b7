using System;
using System.Collections.Generic;

namespace MeshActors.Transport.Streams;

/// <summary>The sending halves of all streams: takes messages, bounds what is queued, learns what arrived.</summary>
/// <remarks>
/// A sender is told to stop by what waits to be sent, so that what is in flight on a long path does not count against it; what is held
/// altogether, for each stream and for the tunnel, is bounded besides. The control lane has bounds for each of its streams alone: bulk that
/// waits cannot shut it out.
/// </remarks>
internal sealed class StreamSender
{
    private readonly StreamLimits _limits;
    private readonly StreamScheduler _scheduler;
    private readonly ControlQueue _control;
    private readonly StreamEvents _events;
    private readonly Queue<StreamState> _waitingForTunnel = new();
    private long _sharedBytes;
    private long _controlBytes;

    public StreamSender(StreamLimits limits, StreamScheduler scheduler, ControlQueue control, StreamEvents events)
    {
        _limits = limits;
        _scheduler = scheduler;
        _control = control;
        _events = events;
    }

    /// <summary>Queued and unacknowledged bytes of all streams, as <see cref="MessageQueue.HeldBytes"/> counts them.</summary>
    public long HeldBytes => _sharedBytes + _controlBytes;

    /// <summary>True when the tunnel as a whole takes messages again.</summary>
    private bool TunnelHasRoom => _sharedBytes <= _limits.SendTunnelBytes / 4 * 3;

    public SendOutcome Send(StreamState? stream, ReadOnlyMemory<byte> message)
    {
        ArgumentOutOfRangeException.ThrowIfZero(message.Length, nameof(message));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(message.Length, StreamLimits.MaxMessageBytes, nameof(message));
        if (stream is null || stream.IsEnded || stream.Send.IsFinished)
        {
            return SendOutcome.Closed;
        }

        var lane = stream.Id.Lane;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(message.Length, StreamLimits.MostMessageBytes(lane), nameof(message));
        if (stream.Send.HeldBytes >= _limits.SendStreamBytesOf(lane)
            || (lane != StreamLane.Control && _sharedBytes >= _limits.SendTunnelBytes))
        {
            stream.WantsWritable = true;
            TellIfWritable(stream);
            return SendOutcome.Refused;
        }

        stream.Send.Enqueue(message);
        Hold(stream, message.Length + MessageQueue.OverheadBytes);
        _scheduler.Touch(stream);
        if (stream.Send.UnsentBytes < _limits.SendHighWaterOf(lane)
            && stream.Send.HeldBytes < _limits.SendStreamBytesOf(lane) / 2)
        {
            return SendOutcome.Accepted;
        }

        stream.WantsWritable = true;
        return SendOutcome.AboveHighWater;
    }

    public void Finish(StreamState stream)
    {
        if (!stream.Send.IsFinished && !stream.Send.IsReset)
        {
            stream.Send.Finish();
            _scheduler.Touch(stream);
        }
    }

    /// <summary>Ends the sending half with a reset, unless everything has arrived already.</summary>
    public void Reset(StreamState stream, ulong code)
    {
        if (stream.Send.IsDone || stream.Send.IsReset)
        {
            return;
        }

        Drop(stream);
        stream.ResetCode = code;
        _control.Queue(stream, StreamControl.Reset);
    }

    /// <summary>Lets go of what is queued: the stream or the tunnel has ended.</summary>
    public void Drop(StreamState stream)
    {
        Hold(stream, -stream.Send.HeldBytes);
        stream.Send.Reset();
        _scheduler.Touch(stream);
    }

    public void HandleCredit(StreamState stream, long limit)
    {
        stream.Send.RaiseCredit(limit);
        _scheduler.Touch(stream);
    }

    public void HandleAcked(in SentFrame frame)
    {
        var stream = frame.Stream!;
        var before = stream.Send.HeldBytes;
        stream.Send.HandleAcked(frame.Offset, frame.Length, frame.Fin);
        Hold(stream, stream.Send.HeldBytes - before);
        TellIfWritable(stream);
    }

    public void HandleLost(in SentFrame frame)
    {
        frame.Stream!.Send.HandleLost(frame.Offset, frame.Length, frame.Fin);
        _scheduler.Touch(frame.Stream);
    }

    public void HandleResetLost(StreamState stream)
    {
        if (!stream.Send.IsDone)
        {
            _control.Queue(stream, StreamControl.Reset);
        }
    }

    /// <summary>Tells a stream that was told to stop, once it has room again. One that waits for the tunnel's room alone is told when that is there.</summary>
    private void TellIfWritable(StreamState stream)
    {
        if (!stream.WantsWritable || !HasRoom(stream))
        {
            return;
        }

        if (stream.Id.Lane != StreamLane.Control && !TunnelHasRoom)
        {
            if (!stream.WaitsForTunnel)
            {
                stream.WaitsForTunnel = true;
                _waitingForTunnel.Enqueue(stream);
            }

            return;
        }

        stream.WantsWritable = false;
        if (!stream.IsEnded && !stream.Send.IsFinished)
        {
            _events.Add(StreamEvent.Writable(stream.Id));
        }
    }

    private bool HasRoom(StreamState stream)
    {
        var lane = stream.Id.Lane;
        return stream.Send.UnsentBytes <= _limits.SendHighWaterOf(lane) / 2
            && stream.Send.HeldBytes < _limits.SendStreamBytesOf(lane) / 2;
    }

    private void Hold(StreamState stream, long bytes)
    {
        if (stream.Id.Lane == StreamLane.Control)
        {
            _controlBytes += bytes;
            return;
        }

        _sharedBytes += bytes;
        while (TunnelHasRoom && _waitingForTunnel.TryDequeue(out var waiting))
        {
            waiting.WaitsForTunnel = false;
            TellIfWritable(waiting);
        }
    }
}
