using System;

namespace MeshActors.LinkLab.Link;

/// <summary>What one direction of a link does to packets; all sizes count whole IP packets.</summary>
/// <param name="BitsPerSecond">What the link carries.</param>
/// <param name="Delay">Time on the way, after the packet's last bit has left.</param>
/// <param name="QueueBytes">What may wait for the link; a packet beyond is dropped (drop-tail).</param>
/// <param name="LossPercent">How many of a hundred are lost before they reach the queue, 0 to 100.</param>
internal sealed record LinkShape(double BitsPerSecond, TimeSpan Delay, long QueueBytes, double LossPercent)
{
    /// <summary>Longest packet that passes; longer ones vanish without a word.</summary>
    public int Mtu { get; init; } = 1_500;

    /// <summary>Bytes waiting from which on packets that allow it are marked "congestion experienced"; null marks none.</summary>
    public long? MarkAboveBytes { get; init; }

    /// <summary>A token bucket in front of the queue that drops what exceeds it; null is none.</summary>
    public Policer? Policer { get; init; }

    /// <summary>Bytes that are on their way when the link is full: rate times round trip, which is twice the delay.</summary>
    public double BandwidthDelayBytes => BitsPerSecond / 8 * 2 * Delay.TotalSeconds;
}

/// <summary>A token bucket.</summary>
/// <param name="BitsPerSecond">How fast it fills.</param>
/// <param name="BurstBytes">What it holds.</param>
internal sealed record Policer(double BitsPerSecond, long BurstBytes);
