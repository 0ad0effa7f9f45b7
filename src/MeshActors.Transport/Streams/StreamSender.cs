using System;
using System.Collections.Generic;

namespace MeshActors.Transport.Streams;

/// <summary>The sending halves of all streams: takes messages, bounds what is queued, learns what arrived.</summary>
internal sealed class StreamSender
{
    private readonly StreamLimits _limits;
    private readonly StreamScheduler _scheduler;
    private readonly ControlQueue _control;
    private readonly StreamEvents _events;
    private readonly List<StreamState> _wantWritable = [];
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
            TellWhenWritable(stream);
            return SendOutcome.Refused;
        }

        stream.Send.Enqueue(message);
        Hold(stream, message.Length + MessageQueue.OverheadBytes);
        _scheduler.Touch(stream);
        if (stream.Send.HeldBytes < _limits.SendHighWaterOf(lane))
        {
            return SendOutcome.Accepted;
        }

        TellWhenWritable(stream);
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

        Hold(stream, -stream.Send.HeldBytes);
        stream.Send.Reset();
        stream.ResetCode = code;
        _control.Queue(stream, StreamControl.Reset);
    }

    /// <summary>Lets go of what is queued: the tunnel has ended.</summary>
    public void Drop(StreamState stream)
    {
        Hold(stream, -stream.Send.HeldBytes);
        stream.Send.Reset();
    }

    public void HandleCredit(StreamState stream, long limit)
    {
        stream.Send.RaiseCredit(limit);
        _scheduler.Touch(stream);
    }

    public void HandleAcked(in SentFrame frame)
    {
        var send = frame.Stream!.Send;
        var before = send.HeldBytes;
        send.HandleAcked(frame.Offset, frame.Length, frame.Fin);
        Hold(frame.Stream, send.HeldBytes - before);
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

    /// <summary>Tells the streams that take messages again; once after each input that may have made room.</summary>
    public void TellWritable()
    {
        for (var i = _wantWritable.Count - 1; i >= 0; i--)
        {
            var stream = _wantWritable[i];
            if (HasRoom(stream) || stream.IsEnded)
            {
                _wantWritable.RemoveAt(i);
                stream.WantsWritable = false;
                if (!stream.IsEnded && !stream.Send.IsFinished)
                {
                    _events.Add(StreamEvent.Writable(stream.Id));
                }
            }
        }
    }

    private bool HasRoom(StreamState stream)
    {
        var lane = stream.Id.Lane;
        return stream.Send.HeldBytes <= _limits.SendHighWaterOf(lane) / 2
            && (lane == StreamLane.Control || _sharedBytes <= _limits.SendTunnelBytes / 4 * 3);
    }

    /// <summary>Counts bytes of a stream. The control lane has a bound for each of its streams alone: bulk that waits cannot shut it out.</summary>
    private void Hold(StreamState stream, long bytes)
    {
        if (stream.Id.Lane == StreamLane.Control)
        {
            _controlBytes += bytes;
        }
        else
        {
            _sharedBytes += bytes;
        }
    }

    private void TellWhenWritable(StreamState stream)
    {
        if (!stream.WantsWritable)
        {
            stream.WantsWritable = true;
            _wantWritable.Add(stream);
        }
    }
}
