using System;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Congestion;

/// <summary>Most bytes in flight that did not make the path lose more than chance takes; none before the first such loss.</summary>
/// <remarks>
/// Each probe raises it, by twice as much as the probe before, so that a path that has become free is found in a few probes. While others keep the queue full it
/// grows in step with theirs: <see cref="OthersPace"/> times as fast as CUBIC regains what it gave up (RFC 9438, sections 4.2 and 4.3), times the root of how much longer round trips are for
/// the queue. The factor is from the simulated matrix: with 1 a CUBIC flow beside it gets more than its share, with 2 less.
/// </remarks>
internal sealed class InFlightBound
{
    private const double LeastGrowth = 1.0 / 8;
    private const double MostGrowth = 0.5;
    private const double OthersPace = 1.4;
    private const double CubicScale = 0.4;
    private const double CubicDecrease = 0.7;
    private const double RenoGrowth = 0.53;

    private double _growth = LeastGrowth;
    private MonoTime _raisedAt;

    /// <summary>Infinite while there is none.</summary>
    public double Bytes { get; private set; } = double.PositiveInfinity;

    /// <summary>When it was last lowered: what was sent before that says nothing about it.</summary>
    public MonoTime LoweredAt { get; private set; } = new(long.MinValue);

    /// <summary>The share by which the next probe raises it.</summary>
    public double NextGrowth => Math.Min(_growth, MostGrowth);

    public void Lower(double bytes, MonoTime now)
    {
        Bytes = bytes;
        LoweredAt = now;
        _raisedAt = now;
        _growth = LeastGrowth;
    }

    /// <summary>Lets more be in flight for a probe.</summary>
    /// <param name="others">True while others keep the queue full.</param>
    /// <param name="roundTrip">As it is now.</param>
    /// <param name="shortest">Without a queue.</param>
    /// <param name="datagramBytes">Size of datagrams.</param>
    /// <param name="now">Now.</param>
    public void Raise(bool others, TimeSpan roundTrip, TimeSpan shortest, int datagramBytes, MonoTime now)
    {
        if (Bytes < double.PositiveInfinity)
        {
            var growth = others ? Math.Sqrt(roundTrip / shortest) * OthersGrowth(roundTrip, datagramBytes) * (now - _raisedAt).TotalSeconds : _growth;
            Bytes *= 1 + Math.Min(growth, MostGrowth);
            _growth = Math.Min(1, 2 * _growth);
        }

        _raisedAt = now;
    }

    public void Lift() => Bytes = double.PositiveInfinity;

    /// <summary>The share a second by which a CUBIC window of this size grows back.</summary>
    private double OthersGrowth(TimeSpan roundTrip, int datagramBytes)
    {
        var given = (1 - CubicDecrease) / CubicDecrease * Bytes / datagramBytes;
        var byCurve = Math.Cbrt(given / CubicScale);
        var byReno = given / RenoGrowth * roundTrip.TotalSeconds;
        return OthersPace * ((1 / CubicDecrease) - 1) / Math.Min(byCurve, byReno);
    }
}
