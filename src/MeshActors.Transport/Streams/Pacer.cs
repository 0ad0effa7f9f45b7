using System;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Streams;

/// <summary>Spreads a window over the round trip: a bucket filled at 1.25 windows per round trip (RFC 9002, section 7.7).</summary>
internal sealed class Pacer
{
    private const double Gain = 1.25;

    /// <summary>What may be sent at once: so much time's worth, because timers are not finer, and at least an initial window.</summary>
    private static readonly TimeSpan Burst = TimeSpan.FromMilliseconds(2);

    private double _bytes = NewReno.InitialWindowBytes;
    private MonoTime _filledAt;

    public Pacer(MonoTime now)
    {
        _filledAt = now;
    }

    public void HandleSent(int bytes) => _bytes -= bytes;

    /// <summary>When the next packet may be sent: now or earlier means at once.</summary>
    /// <param name="windowBytes">The congestion window.</param>
    /// <param name="roundTrip">Smoothed, more than zero.</param>
    /// <param name="now">Now.</param>
    public MonoTime NextSend(long windowBytes, TimeSpan roundTrip, MonoTime now)
    {
        var bytesPerTick = Gain * windowBytes / Math.Max(1, roundTrip.Ticks);
        var most = Math.Max(NewReno.InitialWindowBytes, bytesPerTick * Burst.Ticks);
        _bytes = Math.Min(most, _bytes + (bytesPerTick * (now - _filledAt).Ticks));
        _filledAt = now;
        return _bytes > 0 ? now : now + TimeSpan.FromTicks(1 + (long)(-_bytes / bytesPerTick));
    }
}
