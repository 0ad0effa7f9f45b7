using System.Collections.Generic;
using MeshActors.Benchmarks.Flood;

namespace MeshActors.Benchmarks.Children;

/// <summary>What a child answers to one command, one JSON line on its standard output.</summary>
internal sealed record ChildAnswer
{
    /// <summary>What went wrong; empty when nothing did.</summary>
    public string Error { get; init; } = string.Empty;

    /// <summary>Where it listens.</summary>
    public string Endpoint { get; init; } = string.Empty;

    /// <summary>Its certificate in base64; tunnels only.</summary>
    public string Certificate { get; init; } = string.Empty;

    /// <summary>What was agreed on to encrypt with.</summary>
    public string Suite { get; init; } = string.Empty;

    /// <summary>Nodes in this process, as <c>certificate@endpoint</c>.</summary>
    public IReadOnlyList<string> Peers { get; init; } = [];

    public Mark? Mark { get; init; }

    public Latencies? Latencies { get; init; }

    public MemoryUse? Memory { get; init; }

    /// <summary>What a node has dropped since its start, by reason.</summary>
    public IReadOnlyDictionary<string, long> Drops { get; init; } = new Dictionary<string, long>();

    public FloodCounts? Flood { get; init; }
}

/// <summary>How far a child is at a moment; two of them make a measurement.</summary>
/// <param name="Seconds">Its clock.</param>
/// <param name="CpuSeconds">Processor time of the process, user and system.</param>
/// <param name="AllocatedBytes">Managed bytes allocated by all threads.</param>
/// <param name="Load">What the load has counted.</param>
internal sealed record Mark(double Seconds, double CpuSeconds, long AllocatedBytes, LoadCounters Load);

/// <summary>What one side of a load has counted.</summary>
/// <param name="Bytes">Payload bytes that went through: sent at the source, taken and checked at the sink.</param>
/// <param name="Messages">Messages, or datagrams in loads without messages.</param>
/// <param name="Packets">Datagrams; 0 where the system cuts them (TCP).</param>
/// <param name="PacketBytes">Bytes of these datagrams.</param>
/// <param name="Faults">Messages that were not what was sent.</param>
/// <param name="DriverAllocatedBytes">Managed bytes allocated by the thread that drives the socket, as it last said.</param>
/// <param name="PathDatagramBytes">Largest datagram that the tunnel has found its path to carry; 0 without a tunnel.</param>
internal readonly record struct LoadCounters(
    long Bytes,
    long Messages,
    long Packets,
    long PacketBytes,
    long Faults,
    long DriverAllocatedBytes,
    int PathDatagramBytes = 0);

/// <summary>Round trips, or how late heartbeats were, in microseconds.</summary>
internal sealed record Latencies(int Count, double P50, double P99, double P999)
{
    /// <summary>The longest, of heartbeats alone.</summary>
    public double Max { get; init; }
}

/// <summary>Memory of a process.</summary>
/// <param name="ManagedBytes">Live managed objects after a full collection.</param>
/// <param name="ResidentBytes">Resident set.</param>
/// <param name="LockedBytes">Locked pages: the session keys.</param>
/// <param name="CpuSeconds">Processor time so far.</param>
/// <param name="Tunnels">Open tunnels.</param>
internal sealed record MemoryUse(long ManagedBytes, long ResidentBytes, long LockedBytes, double CpuSeconds, int Tunnels);
