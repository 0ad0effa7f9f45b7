using System;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Handshake;

/// <summary>When an unanswered datagram goes out, goes out again, and is given up (docs/protocol.md 3.3).</summary>
internal sealed class RetransmitSchedule
{
    /// <summary>Time from the start to giving up, unless the configuration says another.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Delay between the first and the second send; doubles after each.</summary>
    public static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(250);

    /// <summary>Sends in total: at 0, 0.25, 0.75, 1.75 and 3.75 s.</summary>
    public const int MaxSends = 5;

    private MonoTime _nextSend;
    private TimeSpan _delay = FirstDelay;
    private int _sends;

    public RetransmitSchedule(MonoTime now, TimeSpan timeout)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeout, TimeSpan.Zero);
        _nextSend = now;
        End = now + timeout;
    }

    /// <summary>When it is given up.</summary>
    public MonoTime End { get; }

    /// <summary>The next send or the end, whichever comes first.</summary>
    public MonoTime NextTimeout => _sends < MaxSends && _nextSend < End ? _nextSend : End;

    public bool IsOver(MonoTime now) => now >= End;

    /// <summary>Tells whether to send now; counts as sent.</summary>
    public bool PollSend(MonoTime now)
    {
        if (_sends == MaxSends || now < _nextSend || IsOver(now))
        {
            return false;
        }

        _sends++;
        _nextSend = now + _delay;
        _delay *= 2;
        return true;
    }
}
