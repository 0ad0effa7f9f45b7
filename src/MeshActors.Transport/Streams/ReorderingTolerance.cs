using System;

namespace MeshActors.Transport.Streams;

/// <summary>How late a packet may be before it is taken for lost (RFC 9002, section 6.1), wider on a path that has been seen to reorder.</summary>
/// <remarks>
/// It begins with three packets and 9/8 of a round trip. Each packet that arrives after it was taken for lost widens both: up to
/// <see cref="MostPackets"/> and two round trips. They stay: a path that reorders once does so again, and time bounds the wait.
/// </remarks>
internal sealed class ReorderingTolerance
{
    /// <summary>kPacketThreshold.</summary>
    public const int LeastPackets = 3;

    /// <summary>Most packets that may overtake.</summary>
    public const int MostPackets = 1_000;

    private const int LeastEighths = 9;
    private const int MostEighths = 16;

    private int _eighths = LeastEighths;

    /// <summary>A packet is lost when one sent so many later is acknowledged.</summary>
    public ulong Packets { get; private set; } = LeastPackets;

    /// <summary>A packet is lost when one sent later is acknowledged and it left so long ago.</summary>
    public TimeSpan Wait(TimeSpan roundTrip) =>
        new(Math.Max(roundTrip.Ticks * _eighths / 8, RoundTripEstimator.Granularity.Ticks));

    /// <summary>A packet taken for lost was acknowledged.</summary>
    /// <param name="behind">How many numbers it was behind the largest acknowledged one.</param>
    public void HandleSpuriousLoss(ulong behind)
    {
        Packets = Math.Max(Packets, Math.Min(behind + 1, MostPackets));
        _eighths = Math.Min(_eighths + 1, MostEighths);
    }
}
