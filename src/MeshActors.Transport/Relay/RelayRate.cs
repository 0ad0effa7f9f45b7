using System;

namespace MeshActors.Transport.Relay;

/// <summary>How much a sender may have forwarded.</summary>
/// <param name="BytesPerSecond">Bytes of frames a second, at least 16,384.</param>
/// <param name="PacketsPerSecond">Frames a second, at least 10.</param>
internal sealed record RelayRate(long BytesPerSecond, int PacketsPerSecond)
{
    /// <summary>A client unless set otherwise: 50 Mbit/s.</summary>
    public static readonly RelayRate Client = new(6_250_000, 10_000);

    /// <summary>A relay that sends for its clients unless set otherwise: 1 Gbit/s.</summary>
    public static readonly RelayRate Relay = new(125_000_000, 200_000);

    /// <summary>What may come at once: as much as in this time, and never less than some packets.</summary>
    private static readonly TimeSpan Burst = TimeSpan.FromMilliseconds(100);

    private const int LeastPackets = 16;

    public double BurstBytes => Math.Max(BytesPerSecond * Burst.TotalSeconds, LeastPackets * (double)RelayBuffers.SlotSize);

    public double BurstPackets => Math.Max(PacketsPerSecond * Burst.TotalSeconds, LeastPackets);
}
