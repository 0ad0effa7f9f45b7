using System;
using MeshActors.Transport.Addressing;

namespace MeshActors.Transport.Tunnels;

/// <summary>What a tunnel has carried and how, as of the last time the driver loop looked.</summary>
/// <param name="Endpoint">The peer's endpoint that carries packets; null before the first session.</param>
/// <param name="SmoothedRoundTrip">Smoothed round trip (RFC 9002, section 5.3); zero before the first sample.</param>
/// <param name="BytesSent">Bytes of datagrams sent, UDP payload.</param>
/// <param name="BytesReceived">Bytes of datagrams received and opened, UDP payload.</param>
/// <param name="PacketsSent">Packets sealed.</param>
/// <param name="PacketsReceived">Packets opened.</param>
/// <param name="PacketsLost">Packets declared lost.</param>
/// <param name="Sessions">Handshakes completed.</param>
/// <param name="OpenStreams">Streams that have not ended.</param>
/// <param name="QueuedBytes">Bytes of messages that are queued or not acknowledged, with 64 for each message.</param>
/// <param name="StreamsWaitingForCredit">Streams with bytes that wait because the peer has not taken those before: back-pressure.</param>
/// <param name="WaitsForCredit">True when bytes wait because the peer has not taken those of all streams together.</param>
/// <param name="DatagramsSent">Datagrams sent.</param>
/// <param name="DatagramsReceived">Datagrams received.</param>
/// <param name="DatagramsDropped">Datagrams dropped here: too old, too many, or not read.</param>
internal sealed record TunnelStatistics(
    UdpEndpoint? Endpoint,
    TimeSpan SmoothedRoundTrip,
    long BytesSent,
    long BytesReceived,
    long PacketsSent,
    long PacketsReceived,
    long PacketsLost,
    int Sessions,
    int OpenStreams,
    long QueuedBytes,
    int StreamsWaitingForCredit,
    bool WaitsForCredit,
    long DatagramsSent,
    long DatagramsReceived,
    long DatagramsDropped)
{
    /// <summary>The kind of way that carries packets now; null before the first session.</summary>
    public TrafficPath? Path { get; init; }

    /// <summary>Bytes both ways by the kind of way.</summary>
    public TrafficBytes Traffic { get; init; }

    /// <summary>Of a tunnel that has not begun.</summary>
    public static readonly TunnelStatistics None = new(null, TimeSpan.Zero, 0, 0, 0, 0, 0, 0, 0, 0, 0, false, 0, 0, 0);

    /// <summary>Of a tunnel now; from any thread, and the values may be of different moments.</summary>
    public static TunnelStatistics Of(Tunnel tunnel)
    {
        var streams = tunnel.Streams.Statistics;
        var counters = tunnel.Counters;
        return new TunnelStatistics(
            tunnel.Path?.Endpoint,
            streams.RoundTrip ?? TimeSpan.Zero,
            counters.BytesSent,
            counters.BytesReceived,
            counters.PacketsSent,
            counters.PacketsReceived,
            streams.PacketsLost,
            counters.Sessions,
            streams.OpenStreams,
            streams.QueuedBytes,
            streams.StreamsWaitingForCredit,
            streams.WaitsForCredit,
            streams.DatagramsSent,
            streams.DatagramsReceived,
            streams.DatagramsDropped)
        {
            Path = tunnel.Path is { } path ? counters.Traffic.PathOf(path.Endpoint) : null,
            Traffic = counters.Traffic.Bytes,
        };
    }
}
