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
    private uint _sent;

    /// <summary>A packet is lost when one sent so many later on the same path is acknowledged.</summary>
    public uint Packets { get; private set; } = LeastPackets;

    /// <summary>Where the largest acknowledged packet stands among those of the path.</summary>
    public uint LargestAcked { get; private set; }

    /// <summary>Counts a packet that was sent on the path.</summary>
    /// <returns>Where it stands among them, modulo 2^32.</returns>
    public uint Count() => unchecked(++_sent);

    /// <summary>A packet of the path was acknowledged for the first time.</summary>
    public void HandleAcked(uint order) => LargestAcked = unchecked((int)(order - LargestAcked)) > 0 ? order : LargestAcked;

    /// <summary>Whether more packets of the path that were sent after it arrived than may overtake.</summary>
    public bool IsOvertaken(uint order) => unchecked((int)(LargestAcked - order)) >= Packets;

    /// <summary>A packet is lost when one sent later is acknowledged and it left so long ago.</summary>
    public TimeSpan Wait(TimeSpan roundTrip) =>
        new(Math.Max(roundTrip.Ticks * _eighths / 8, RoundTripEstimator.Granularity.Ticks));

    /// <summary>A packet taken for lost was acknowledged.</summary>
    /// <param name="behind">How many packets of its path it was behind the largest acknowledged one.</param>
    public void HandleSpuriousLoss(uint behind)
    {
        Packets = Math.Max(Packets, Math.Min(behind + 1, MostPackets));
        _eighths = Math.Min(_eighths + 1, MostEighths);
    }
}
