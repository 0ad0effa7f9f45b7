using System;

namespace MeshActors.Transport.Congestion;

/// <summary>Bounds startup, and finds out that it has filled the path: it delivers what trains of packets say it can, it delivers no more, or its queue begins to grow.</summary>
/// <remarks>
/// Startup doubles its rate each round, so without <see cref="MostRate"/> its last round sends up to three times what the path delivers, and fills the buffer. A bound
/// too low costs rounds, not bandwidth: probes go on from there, each that finds more followed by one of twice the strength.
/// </remarks>
internal sealed class StartupEnd
{
    private const double Growth = 1.25;
    private const int RoundsWithoutGrowth = 3;
    private const int LeastRounds = 3;
    private const int LeastSamples = 8;

    /// <summary>The part of the bound that ends startup: pauses between groups of packets take some of it.</summary>
    private const double Reached = 0.9;

    private static readonly TimeSpan LeastQueue = TimeSpan.FromMilliseconds(4);
    private static readonly TimeSpan MostQueue = TimeSpan.FromMilliseconds(16);

    /// <summary>A round this short is over before three times the rate has made a queue that matters.</summary>
    private static readonly TimeSpan ShortRoundTrip = TimeSpan.FromMilliseconds(2);

    private readonly PacketTrain _train = new();
    private double _bandwidth;
    private int _rounds;

    /// <summary>True once the path is full.</summary>
    public bool IsFull { get; private set; }

    /// <summary>True while bandwidth does not grow: then loss is not chance's alone.</summary>
    public bool IsSlowing => _rounds > 0;

    /// <summary>The most bytes a second that startup should send; infinite when no train told.</summary>
    public double MostRate { get; private set; } = double.PositiveInfinity;

    /// <summary>A round that was not limited by the application is over: three that bring less than a quarter more end startup.</summary>
    public void EndRound(double bandwidth)
    {
        IsFull |= bandwidth > Reached * MostRate;
        if (bandwidth >= _bandwidth * Growth)
        {
            _bandwidth = bandwidth;
            _rounds = 0;
            return;
        }

        IsFull |= ++_rounds >= RoundsWithoutGrowth;
    }

    /// <summary>Looks at trains, and at round trips, as RFC 9406 does: an eighth longer, 4 to 16 ms, means a queue.</summary>
    public void HandleAcked(in AckedFact acked, PathModel path, int datagramBytes)
    {
        _train.HandleAcked(acked, datagramBytes);
        if (_train.BytesPerSecond > 0 && path.RoundTrip > ShortRoundTrip)
        {
            MostRate = _train.BytesPerSecond;
        }

        var queue = new TimeSpan(Math.Clamp(path.RoundTrip.Ticks / 8, LeastQueue.Ticks, MostQueue.Ticks));
        IsFull |= path.Round > LeastRounds && path.Samples >= LeastSamples && path.Queue > queue;
    }

    /// <summary>Something else showed that the path is full.</summary>
    public void SetFull() => IsFull = true;

    public void Restart()
    {
        _train.Clear();
        MostRate = double.PositiveInfinity;
        IsFull = false;
        _bandwidth = 0;
        _rounds = 0;
    }
}
