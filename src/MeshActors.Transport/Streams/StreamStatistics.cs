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
/// <param name="StreamsWaitingForCredit">Streams with bytes that wait because the peer has not taken those before.</param>
/// <param name="WaitsForCredit">True when bytes wait because the peer has not taken those of all streams together.</param>
/// <param name="DatagramsSent">Datagrams that went into packets since the start.</param>
/// <param name="DatagramsReceived">Datagrams that arrived since the start.</param>
/// <param name="DatagramsDropped">Datagrams that were dropped here since the start: too old, too many, or nobody read them.</param>
internal readonly record struct StreamStatistics(
    int OpenStreams,
    long QueuedBytes,
    long ReceivedBytes,
    long BytesInFlight,
    long WindowBytes,
    long PacketsSent,
    long PacketsLost,
    TimeSpan? RoundTrip,
    int StreamsWaitingForCredit,
    bool WaitsForCredit,
    long DatagramsSent,
    long DatagramsReceived,
    long DatagramsDropped);
