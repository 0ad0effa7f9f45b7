using System;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Congestion;

/// <summary>What <see cref="Bbr"/> knows of a path: rounds, bandwidth, round trips, and how acknowledgements come in groups.</summary>
/// <remarks>A round is the time from sending a packet to its acknowledgement, counted by what was delivered when it left.</remarks>
internal sealed class PathModel
{
    private const int BandwidthRounds = 10;
    private const int FewSamples = 2;

    /// <summary>Round trips that are shorter count as this long: timers and batches of acknowledgements are not finer.</summary>
    private static readonly TimeSpan LeastRoundTrip = TimeSpan.FromMilliseconds(1);

    private static readonly TimeSpan LeastQueue = TimeSpan.FromMilliseconds(2);

    private readonly WindowedMax _bandwidth = new(BandwidthRounds);
    private readonly AckAggregation _aggregation = new();
    private readonly MinRoundTrip _minRoundTrip = new();
    private long _roundEnd;
    private TimeSpan _lastShortest = TimeSpan.MaxValue;
    private TimeSpan _thisShortest = TimeSpan.MaxValue;

    /// <summary>Rounds since the start.</summary>
    public long Round { get; private set; }

    /// <summary>Round trips measured in this round.</summary>
    public int Samples { get; private set; }

    /// <summary>Bytes a second that the path delivers; 0 before the first sample.</summary>
    public double Bandwidth => _bandwidth.Value;

    /// <summary>The round trip without a queue, at least a millisecond.</summary>
    public TimeSpan RoundTrip => Longer(_minRoundTrip.Value, LeastRoundTrip);

    /// <summary>Bytes that fill the path and no queue.</summary>
    public double Product => Bandwidth * RoundTrip.TotalSeconds;

    /// <summary>Bytes in flight that acknowledgements in groups ask for on top.</summary>
    public double ExtraBytes => _aggregation.ExtraBytes;

    /// <summary>The shortest round trip of this round, or of the last one while this has too few.</summary>
    public TimeSpan Shortest =>
        Samples > FewSamples || _lastShortest == TimeSpan.MaxValue ? _thisShortest : _lastShortest;

    /// <summary>How much longer than without a queue the shortest round trip of this round is.</summary>
    public TimeSpan Queue => _thisShortest - _minRoundTrip.Value;

    /// <summary>True while the last round trips were those of an empty queue, or nearly.</summary>
    public bool IsQueueShort => !HasQueue(TimeSpan.Zero);

    /// <summary>True when the shortest round trip was not seen for so long that the path may have changed.</summary>
    public bool IsRoundTripOld(MonoTime now) => _minRoundTrip.IsOld(now);

    /// <summary>True while the last round trips were those of a queue.</summary>
    /// <param name="allowed">How long a queue may be beside what is always allowed: an eighth of a round trip, at least 2 ms.</param>
    public bool HasQueue(TimeSpan allowed) =>
        Shortest > _minRoundTrip.Value + Longer(_minRoundTrip.Value / 8, LeastQueue) + allowed;

    /// <summary>Takes what an acknowledgement says.</summary>
    /// <param name="acked">It.</param>
    /// <param name="window">The window now, in bytes.</param>
    /// <param name="mayReplace">True while so little is sent that a round trip, however long, is one without a queue of ours.</param>
    /// <returns>True when a round is over.</returns>
    public bool HandleAcked(in AckedFact acked, double window, bool mayReplace)
    {
        var isRound = acked.Rate.PriorDelivered >= _roundEnd;
        if (isRound)
        {
            _roundEnd = acked.Rate.TotalDelivered;
            Round++;
        }

        _bandwidth.AdvanceTo(Round);
        if (acked.Rate.BytesPerSecond > 0 && (!acked.Rate.IsAppLimited || acked.Rate.BytesPerSecond >= Bandwidth))
        {
            _bandwidth.Add(acked.Rate.BytesPerSecond, Round);
        }

        if (acked.RoundTrip is { } sample)
        {
            Samples++;
            _thisShortest = sample < _thisShortest ? sample : _thisShortest;
            _minRoundTrip.Add(sample, mayReplace && _minRoundTrip.IsOld(acked.Now), acked.Now);
        }

        _aggregation.HandleAcked(acked, Bandwidth, window, Round);
        return isRound;
    }

    /// <summary>Round trips of the next round are looked at by themselves.</summary>
    public void EndRound()
    {
        _lastShortest = _thisShortest;
        _thisShortest = TimeSpan.MaxValue;
        Samples = 0;
    }

    /// <summary>The bandwidth was found out to be another.</summary>
    public void SetBandwidth(double bytesPerSecond)
    {
        _bandwidth.Clear();
        _bandwidth.Add(bytesPerSecond, Round);
    }

    /// <summary>Takes the shortest round trip of this round as the one without a queue.</summary>
    public void RenewRoundTrip(MonoTime now) =>
        _minRoundTrip.Add(Shortest < TimeSpan.MaxValue ? Shortest : RoundTrip, true, now);

    /// <summary>Forgets the bandwidth.</summary>
    public void Clear()
    {
        _bandwidth.Clear();
        _aggregation.Clear();
    }

    private static TimeSpan Longer(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
