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

    public StreamSender(StreamLimits limits, StreamScheduler scheduler, ControlQueue control, StreamEvents events)
    {
        _limits = limits;
        _scheduler = scheduler;
        _control = control;
        _events = events;
    }

    /// <summary>Queued and unacknowledged bytes of all streams, as <see cref="MessageQueue.HeldBytes"/> counts them.</summary>
    public long HeldBytes { get; private set; }

    public SendOutcome Send(StreamState? stream, ReadOnlyMemory<byte> message)
    {
        ArgumentOutOfRangeException.ThrowIfZero(message.Length, nameof(message));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(message.Length, StreamLimits.MaxMessageBytes, nameof(message));
        if (stream is null || stream.IsEnded || stream.Send.IsFinished)
        {
            return SendOutcome.Closed;
        }

        if (stream.Send.HeldBytes >= _limits.SendStreamBytes || HeldBytes >= _limits.SendTunnelBytes)
        {
            TellWhenWritable(stream);
            return SendOutcome.Refused;
        }

        stream.Send.Enqueue(message);
        HeldBytes += message.Length + MessageQueue.OverheadBytes;
        _scheduler.Touch(stream);
        if (stream.Send.HeldBytes < _limits.SendHighWaterBytes)
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

        HeldBytes -= stream.Send.HeldBytes;
        stream.Send.Reset();
        stream.ResetCode = code;
        _control.Queue(stream, StreamControl.Reset);
    }

    /// <summary>Lets go of what is queued: the tunnel has ended.</summary>
    public void Drop(StreamState stream)
    {
        HeldBytes -= stream.Send.HeldBytes;
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
        HeldBytes -= before - send.HeldBytes;
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
            var hasRoom = stream.Send.HeldBytes <= _limits.SendHighWaterBytes / 2
                && HeldBytes <= _limits.SendTunnelBytes / 4 * 3;
            if (hasRoom || stream.IsEnded)
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

    private void TellWhenWritable(StreamState stream)
    {
        if (!stream.WantsWritable)
        {
            stream.WantsWritable = true;
            _wantWritable.Add(stream);
        }
    }
}
