using System;
using System.Diagnostics;
using MeshActors.Benchmarks.Children;

namespace MeshActors.Benchmarks.Loads;

/// <summary>Measures round trips one at a time and sorts them in the end.</summary>
internal sealed class LatencyRecord
{
    private const int Capacity = 4_000_000;
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(300);

    private readonly long[] _ticks = new long[Capacity];
    private int _count;

    /// <summary>Makes round trips for some seconds, after a warm-up that is not counted.</summary>
    public static Latencies Measure(double seconds, Action roundTrip)
    {
        var record = new LatencyRecord();
        record.Run(WarmUp, roundTrip);
        record._count = 0;
        record.Run(TimeSpan.FromSeconds(seconds), roundTrip);
        return record.Sorted();
    }

    private void Run(TimeSpan time, Action roundTrip)
    {
        var before = Stopwatch.GetTimestamp();
        var end = before + (long)(time.TotalSeconds * Stopwatch.Frequency);
        while (before < end && _count < Capacity)
        {
            roundTrip();
            var after = Stopwatch.GetTimestamp();
            _ticks[_count++] = after - before;
            before = after;
        }
    }

    private Latencies Sorted()
    {
        if (_count == 0)
        {
            throw new BenchException("Not one round trip was made in time.");
        }

        Array.Sort(_ticks, 0, _count);
        return new Latencies(_count, At(0.5), At(0.99), At(0.999));
    }

    private double At(double share) =>
        _ticks[Math.Min(_count - 1, (int)(_count * share))] * 1e6 / Stopwatch.Frequency;
}
