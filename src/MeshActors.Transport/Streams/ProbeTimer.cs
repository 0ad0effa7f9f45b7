using System;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Streams;

/// <summary>When silence means that something must be sent to hear of the peer (RFC 9002, section 6.2).</summary>
internal sealed class ProbeTimer
{
    /// <summary>Probe timeouts do not grow beyond this, unless the round trip itself asks for more.</summary>
    public static readonly TimeSpan MostDelay = TimeSpan.FromSeconds(2);

    /// <summary>Probes that a timeout sends.</summary>
    public const int Probes = 2;

    private readonly RoundTripEstimator _roundTrip;
    private MonoTime _start;
    private int _timeouts;

    public ProbeTimer(RoundTripEstimator roundTrip)
    {
        _roundTrip = roundTrip;
    }

    /// <summary>When it runs out, while something is in flight.</summary>
    public MonoTime Due => _start + Delay() + Detour;

    /// <summary>What acknowledgements may take longer, because they come back another way.</summary>
    public TimeSpan Detour { get; set; }

    /// <summary>Probes that may be sent now, whatever the window says.</summary>
    public int ProbesDue { get; private set; }

    public void HandleSent(MonoTime now)
    {
        _start = now;
        ProbesDue = Math.Max(0, ProbesDue - 1);
    }

    public void HandleTimeout(MonoTime now)
    {
        _timeouts++;
        _start = now;
        ProbesDue = Probes;
    }

    /// <summary>The peer has acknowledged something, or what is in flight is given up.</summary>
    public void Reset()
    {
        _timeouts = 0;
        ProbesDue = 0;
    }

    private TimeSpan Delay()
    {
        var once = _roundTrip.ProbeTimeout;
        var backedOff = once * (1 << Math.Min(_timeouts, 12));
        var most = once > MostDelay ? once : MostDelay;
        return backedOff < most ? backedOff : most;
    }
}
