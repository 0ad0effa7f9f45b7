using System;

namespace MeshActors.Transport.Streams;

/// <summary>Figures of one mux at a moment.</summary>
/// <param name="OpenStreams">Streams that are not forgotten.</param>
/// <param name="QueuedBytes">Queued and unacknowledged bytes, with 64 for each message.</param>
/// <param name="ReceivedBytes">Bytes that arrived and were not taken.</param>
/// <param name="BytesInFlight">Bytes of packets neither acknowledged nor lost.</param>
/// <param name="WindowBytes">The congestion window.</param>
/// <param name="PacketsSent">Packets written since the start.</param>
/// <param name="PacketsLost">Packets declared lost since the start.</param>
/// <param name="RoundTrip">Smoothed round trip, null before the first sample.</param>
internal readonly record struct StreamStatistics(
    int OpenStreams,
    long QueuedBytes,
    long ReceivedBytes,
    long BytesInFlight,
    long WindowBytes,
    long PacketsSent,
    long PacketsLost,
    TimeSpan? RoundTrip);
