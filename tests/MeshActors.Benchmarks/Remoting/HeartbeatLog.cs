using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using MeshActors.Benchmarks.Children;

namespace MeshActors.Benchmarks.Remoting;

/// <summary>When heartbeats came, and how late each was: by how much longer than their interval was the time since the one before, which is what failure detectors go by. Thread-safe.</summary>
internal sealed class HeartbeatLog
{
    private readonly Lock _turn = new();
    private readonly List<long> _came = [];
    private readonly TimeSpan _interval;

    /// <param name="interval">Between two heartbeats, as Akka is set.</param>
    public HeartbeatLog(TimeSpan interval)
    {
        _interval = interval;
    }

    public int Count
    {
        get
        {
            lock (_turn)
            {
                return _came.Count;
            }
        }
    }

    public void Add(long ticks)
    {
        lock (_turn)
        {
            _came.Add(ticks);
        }
    }

    /// <summary>Forgets all: between two turns nobody is watched.</summary>
    public void Clear()
    {
        lock (_turn)
        {
            _came.Clear();
        }
    }

    /// <summary>Forgets all but the last, which the first that counts follows.</summary>
    public void Begin()
    {
        lock (_turn)
        {
            _came.RemoveRange(0, Math.Max(0, _came.Count - 1));
        }
    }

    /// <summary>How late they were since then, in microseconds; one that should have come and has not counts as far as it is late already.</summary>
    public Latencies Lateness()
    {
        lock (_turn)
        {
            if (_came.Count < 2)
            {
                throw new BenchException("Less than two heartbeats came.");
            }

            var late = new List<double>();
            for (var i = 1; i < _came.Count; i++)
            {
                late.Add(Late(_came[i - 1], _came[i]));
            }

            if (Late(_came[^1], Stopwatch.GetTimestamp()) is > 0 and var missing)
            {
                late.Add(missing);
            }

            late.Sort();
            return new Latencies(late.Count, At(late, 0.5), At(late, 0.99), At(late, 0.999)) { Max = late[^1] };
        }
    }

    private double Late(long before, long after) => Math.Max(0, (Stopwatch.GetElapsedTime(before, after) - _interval).TotalMicroseconds);

    private static double At(List<double> sorted, double share) => sorted[Math.Min(sorted.Count - 1, (int)(sorted.Count * share))];
}
