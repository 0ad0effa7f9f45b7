using System;
using MeshActors.Transport.Congestion;

namespace MeshActors.Transport.Streams;

/// <summary>Smoothed round trip time and its variation (RFC 9002, section 5).</summary>
internal sealed class RoundTripEstimator
{
    /// <summary>What timers assume before the first sample.</summary>
    public static readonly TimeSpan Initial = CongestionBounds.FirstRoundTrip;

    /// <summary>Timers are not finer than this (kGranularity).</summary>
    public static readonly TimeSpan Granularity = TimeSpan.FromMilliseconds(1);

    /// <summary>Null before the first sample.</summary>
    public TimeSpan? Smoothed { get; private set; }

    public TimeSpan Variation { get; private set; } = Initial / 2;

    public TimeSpan Latest { get; private set; } = Initial;

    public TimeSpan Min { get; private set; } = TimeSpan.MaxValue;

    public TimeSpan SmoothedOrInitial => Smoothed ?? Initial;

    /// <summary>What a timer waits that allows for variation (RFC 9002, section 6.2.1), the peer's ack delay included.</summary>
    public TimeSpan ProbeTimeout => SmoothedOrInitial + Max(Variation * 4, Granularity) + AckTracker.MaxDelay;

    /// <param name="sample">From sending a packet to its acknowledgement; less than a microsecond is read as one, because clocks are read once for many packets.</param>
    /// <param name="ackDelay">How long the peer says it held the acknowledgement.</param>
    public void HandleSample(TimeSpan sample, TimeSpan ackDelay)
    {
        sample = Max(sample, TimeSpan.FromMicroseconds(1));
        Latest = sample;
        Min = sample < Min ? sample : Min;
        if (Smoothed is not { } smoothed)
        {
            Smoothed = sample;
            Variation = sample / 2;
            return;
        }

        var held = ackDelay < AckTracker.MaxDelay ? ackDelay : AckTracker.MaxDelay;
        var adjusted = sample >= Min + held ? sample - held : sample;
        var difference = smoothed > adjusted ? smoothed - adjusted : adjusted - smoothed;
        Variation = new TimeSpan(((3 * Variation.Ticks) + difference.Ticks) / 4);
        Smoothed = new TimeSpan(((7 * smoothed.Ticks) + adjusted.Ticks) / 8);
    }

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
