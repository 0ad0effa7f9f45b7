using System;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Congestion;

/// <summary>Spreads packets over time: a bucket filled at the controller's rate (RFC 9002, section 7.7).</summary>
/// <remarks>
/// A bucket that ran dry opens again with a millisecond's worth in it, 64 KiB at most: packets leave in groups that one system call carries, and
/// a timer of a millisecond is fine enough. A full one holds two milliseconds' worth and at least <see cref="LeastBurstBytes"/>, so a wake-up that comes late costs no rate.
/// </remarks>
internal sealed class Pacer
{
    /// <summary>What may always leave at once after a pause, in bytes: an initial window (RFC 9002, section 7.2).</summary>
    public const int LeastBurstBytes = 12_000;

    private const int MostGroupBytes = 64 * 1024;

    private static readonly TimeSpan Burst = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan Group = TimeSpan.FromMilliseconds(1);

    private double _bytes = LeastBurstBytes;
    private MonoTime _filledAt;
    private bool _isDry;

    public Pacer(MonoTime now)
    {
        _filledAt = now;
    }

    public void HandleSent(int bytes) => _bytes -= bytes;

    /// <summary>When the next packet may be sent: now or earlier means at once.</summary>
    /// <param name="bytesPerSecond">The rate, more than 0.</param>
    /// <param name="now">Now.</param>
    public MonoTime NextSend(double bytesPerSecond, MonoTime now)
    {
        var bytesPerTick = bytesPerSecond / TimeSpan.TicksPerSecond;
        var most = Math.Max(LeastBurstBytes, bytesPerTick * Burst.Ticks);
        _bytes = Math.Min(most, _bytes + (bytesPerTick * (now - _filledAt).Ticks));
        _filledAt = now;
        _isDry |= _bytes <= 0;
        var enough = _isDry ? Math.Min(bytesPerTick * Group.Ticks, MostGroupBytes) : 0;
        if (_bytes < enough)
        {
            // The longest wait is bounded, because a rate so low that it overflows would be a stop.
            var wait = Math.Min((enough - _bytes) / bytesPerTick, TimeSpan.TicksPerSecond);
            return now + TimeSpan.FromTicks(1 + (long)wait);
        }

        _isDry = false;
        return now;
    }
}
