using System;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Streams;

/// <summary>How many packets share an acknowledgement: two, and more while many arrive in a round trip, so that there are at least eight acknowledgements in each.</summary>
/// <remarks>
/// An acknowledgement costs both sides about as much as a packet of data; the sender's window, pacing and loss detection need a few in a round trip, not one for every second packet
/// (RFC 9000, section 13.2.2). The count follows the round trip before, so a sender whose window shrinks waits for the longest delay once.
/// </remarks>
internal sealed class AckPace
{
    private const int LeastPackets = 2;
    private const int MostPackets = 16;
    private const int AcksPerRoundTrip = 8;

    private readonly RoundTripInUse _roundTrip;
    private MonoTime _since;
    private int _arrived;

    public AckPace(RoundTripInUse roundTrip)
    {
        _roundTrip = roundTrip;
    }

    /// <summary>Packets that ask for an acknowledgement, until one is due.</summary>
    public int Packets { get; private set; } = LeastPackets;

    /// <summary>A packet arrived that asks for an acknowledgement.</summary>
    public void HandlePacket(MonoTime now)
    {
        _arrived++;
        if (_roundTrip.Current.Smoothed is not { } roundTrip || now - _since < roundTrip)
        {
            return;
        }

        var inRoundTrip = _arrived * (double)roundTrip.Ticks / Math.Max(1, (now - _since).Ticks);
        Packets = (int)Math.Clamp(inRoundTrip / AcksPerRoundTrip, LeastPackets, MostPackets);
        _since = now;
        _arrived = 0;
    }
}
