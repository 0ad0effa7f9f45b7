using System;

namespace MeshActors.TestKit.Congestion;

/// <summary>How long packets waited: a histogram whose steps grow by 5 %, from 10 microseconds to an hour.</summary>
internal sealed class QueueDelays
{
    private const double Step = 1.05;
    private const double LeastMilliseconds = 0.01;

    private static readonly double PerStep = 1 / Math.Log(Step);

    private readonly long[] _counts = new long[420];
    private long _count;
    private double _sum;

    public double MeanMilliseconds => _count == 0 ? 0 : _sum / _count;

    public double MostMilliseconds { get; private set; }

    public void Add(TimeSpan delay)
    {
        var milliseconds = delay.TotalMilliseconds;
        _count++;
        _sum += milliseconds;
        MostMilliseconds = Math.Max(MostMilliseconds, milliseconds);
        var index = milliseconds <= LeastMilliseconds ? 0 : 1 + (int)(Math.Log(milliseconds / LeastMilliseconds) * PerStep);
        _counts[Math.Min(index, _counts.Length - 1)]++;
    }

    /// <summary>The delay that so many of a hundred packets did not exceed, in milliseconds.</summary>
    public double Percentile(double percent)
    {
        var left = _count * percent / 100;
        for (var i = 0; i < _counts.Length; i++)
        {
            left -= _counts[i];
            if (left <= 0)
            {
                return i == 0 ? 0 : LeastMilliseconds * Math.Pow(Step, i);
            }
        }

        return 0;
    }

    public void Clear()
    {
        Array.Clear(_counts);
        _count = 0;
        _sum = 0;
        MostMilliseconds = 0;
    }
}
