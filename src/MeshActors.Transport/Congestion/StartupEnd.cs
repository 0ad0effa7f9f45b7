using System;

namespace MeshActors.Transport.Congestion;

/// <summary>Finds out that startup has filled the path: it delivers no more, or its queue begins to grow.</summary>
internal sealed class StartupEnd
{
    private const double Growth = 1.25;
    private const int RoundsWithoutGrowth = 3;
    private const int LeastRounds = 3;
    private const int LeastSamples = 8;

    private static readonly TimeSpan LeastQueue = TimeSpan.FromMilliseconds(4);
    private static readonly TimeSpan MostQueue = TimeSpan.FromMilliseconds(16);

    private double _bandwidth;
    private int _rounds;

    /// <summary>True once the path is full.</summary>
    public bool IsFull { get; private set; }

    /// <summary>True while bandwidth does not grow: then loss is not chance's alone.</summary>
    public bool IsSlowing => _rounds > 0;

    /// <summary>A round that was not limited by the application is over: three that bring less than a quarter more end startup.</summary>
    public void EndRound(double bandwidth)
    {
        if (bandwidth >= _bandwidth * Growth)
        {
            _bandwidth = bandwidth;
            _rounds = 0;
            return;
        }

        IsFull |= ++_rounds >= RoundsWithoutGrowth;
    }

    /// <summary>Looks at round trips, as RFC 9406 does: an eighth longer, 4 to 16 ms, means a queue.</summary>
    public void HandleRoundTrip(PathModel path)
    {
        var queue = new TimeSpan(Math.Clamp(path.RoundTrip.Ticks / 8, LeastQueue.Ticks, MostQueue.Ticks));
        IsFull |= path.Round > LeastRounds && path.Samples >= LeastSamples && path.Queue > queue;
    }

    /// <summary>Something else showed that the path is full.</summary>
    public void SetFull() => IsFull = true;

    public void Restart()
    {
        IsFull = false;
        _bandwidth = 0;
        _rounds = 0;
    }
}
