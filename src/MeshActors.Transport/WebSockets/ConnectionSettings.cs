using System;

namespace MeshActors.Transport.WebSockets;

/// <summary>Bounds of connections that carry datagrams.</summary>
internal sealed record ConnectionSettings
{
    /// <summary>Connections that others may have opened, those that are still being set up among them. Beyond it they are closed at once.</summary>
    public int MaxAccepted { get; init; } = 4_096;

    /// <summary>Of these from one network: /24 of IPv4, /48 of IPv6.</summary>
    public int MaxFromOneNetwork { get; init; } = 64;

    /// <summary>How long TCP, TLS and the upgrade may take together.</summary>
    public TimeSpan SetupTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>After so long without anything received a ping is sent.</summary>
    public TimeSpan PingAfter { get; init; } = TimeSpan.FromSeconds(25);

    /// <summary>How long its answer may take, and how long the system may refuse what is to be sent, before a connection counts as dead.</summary>
    public TimeSpan PongTime { get; init; } = TimeSpan.FromSeconds(35);

    /// <summary>Bytes that wait to be sent over one connection; further datagrams are dropped, as on the way.</summary>
    public int MaxWaitingBytes { get; init; } = 256 * 1024;

    /// <summary>The same for one that is still being set up.</summary>
    public int MaxWaitingBytesBefore { get; init; } = 16 * 1024;

    /// <summary>The same for all connections of a node together.</summary>
    public long MaxWaitingBytesOfAll { get; init; } = 64 * 1024 * 1024;
}
