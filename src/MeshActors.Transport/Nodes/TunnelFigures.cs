using System;
using MeshActors.Transport.Tunnels;

namespace MeshActors.Transport.Nodes;

/// <summary>What a tunnel has carried, and what waits, as of the last time its driver looked.</summary>
/// <param name="RoundTrip">Smoothed round trip; zero before the first sample.</param>
/// <param name="BytesSent">Bytes of datagrams sent, UDP payload.</param>
/// <param name="BytesReceived">Bytes of datagrams received, UDP payload.</param>
/// <param name="PacketsLost">Packets declared lost.</param>
/// <param name="Requests">Requests under way, in both directions.</param>
/// <param name="QueuedBytes">Bytes that are queued or not acknowledged.</param>
/// <param name="WaitingForPeer">Requests whose bytes wait because the peer has not taken those before: back-pressure.</param>
/// <param name="DatagramsDropped">Datagrams dropped on this side: too old, too many, or not read.</param>
public sealed record TunnelFigures(
    TimeSpan RoundTrip,
    long BytesSent,
    long BytesReceived,
    long PacketsLost,
    int Requests,
    long QueuedBytes,
    int WaitingForPeer,
    long DatagramsDropped)
{
    /// <summary>How packets go now; null before the first session.</summary>
    public TunnelWay? Way { get; init; }

    /// <summary>Bytes of datagrams that relays carried, both ways.</summary>
    public long RelayedBytes { get; init; }

    internal static TunnelFigures Of(TunnelStatistics statistics, long unread) => new(
        statistics.SmoothedRoundTrip,
        statistics.BytesSent,
        statistics.BytesReceived,
        statistics.PacketsLost,
        statistics.OpenStreams,
        statistics.QueuedBytes,
        statistics.StreamsWaitingForCredit,
        statistics.DatagramsDropped + unread)
    {
        Way = (TunnelWay?)statistics.Path,
        RelayedBytes = statistics.Traffic.Relayed,
    };
}

/// <summary>How packets of a tunnel go.</summary>
public enum TunnelWay
{
    /// <summary>To an endpoint that the peer was known by.</summary>
    Direct,

    /// <summary>To one that was found while the tunnel was open.</summary>
    Punched,

    /// <summary>Over a relay.</summary>
    Relayed,
}
