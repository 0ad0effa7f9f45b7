using System;
using System.Collections.Generic;
using System.Linq;
using MeshActors.Benchmarks.Children;

namespace MeshActors.Benchmarks.Runs;

/// <summary>What one load gave, once or as the median of all alternations; null where it has no meaning.</summary>
internal sealed record Measurement
{
    /// <summary><c>measurement</c>, or <c>median</c>.</summary>
    public string Kind { get; init; } = "measurement";

    /// <summary>One of <see cref="TunnelLoads"/>.</summary>
    public required string Name { get; init; }

    /// <summary>Which turn, counted from 1; for medians how many there were.</summary>
    public int Alternation { get; init; }

    /// <summary>Payload taken by the receiver, 10^9 bits a second.</summary>
    public double? GbitPerSecond { get; init; }

    /// <summary>The same in 10^6 bytes a second.</summary>
    public double? MegabytesPerSecond { get; init; }

    /// <summary>Messages taken by the receiver; datagrams for plain UDP.</summary>
    public double? MessagesPerSecond { get; init; }

    /// <summary>Datagrams taken by the receiver; null for TCP.</summary>
    public double? PacketsPerSecond { get; init; }

    /// <summary>Mean datagram of the sender, bytes of UDP payload.</summary>
    public double? DatagramBytes { get; init; }

    /// <summary>Largest datagram that the tunnel has found its path to carry; null without a tunnel.</summary>
    public double? PathDatagramBytes { get; init; }

    /// <summary>Processor time of both processes for 10^9 bytes of payload.</summary>
    public double? CpuSecondsPerGigabyte { get; init; }

    public double? P50Us { get; init; }

    public double? P99Us { get; init; }

    public double? P999Us { get; init; }

    /// <summary>Managed bytes a packet, allocated by the thread that drives the socket, of the side that allocates more.</summary>
    public double? AllocatedBytesPerPacket { get; init; }

    /// <summary>Managed bytes a packet of all threads and both processes.</summary>
    public double? AllocatedBytesPerPacketProcess { get; init; }

    /// <summary>Datagrams sent and not received, percent; plain UDP only, where nothing holds the sender back.</summary>
    public double? LostPercent { get; init; }

    /// <summary>Messages that arrived and were not what was sent: more than 0 is an error.</summary>
    public long Faults { get; init; }

    /// <summary>Processor time that went to others than the two processes, percent of all cores: contention.</summary>
    public double? OthersCpuPercent { get; init; }

    /// <summary>Of a load that ran between two marks of either side.</summary>
    public static Measurement Of(
        string name, int alternation, (Mark Source, Mark Sink) begin, (Mark Source, Mark Sink) end, double othersCpuPercent)
    {
        var seconds = end.Sink.Seconds - begin.Sink.Seconds;
        var sent = Counted(begin.Source, end.Source);
        var taken = Counted(begin.Sink, end.Sink);
        var cpu = end.Source.CpuSeconds - begin.Source.CpuSeconds + end.Sink.CpuSeconds - begin.Sink.CpuSeconds;
        var allocated = end.Source.AllocatedBytes - begin.Source.AllocatedBytes
            + end.Sink.AllocatedBytes - begin.Sink.AllocatedBytes;
        var hasPackets = sent.Packets > 0 && taken.Packets > 0;
        return new Measurement
        {
            Name = name,
            Alternation = alternation,
            GbitPerSecond = Rounded(taken.Bytes * 8 / seconds / 1e9),
            MegabytesPerSecond = Rounded(taken.Bytes / seconds / 1e6),
            MessagesPerSecond = Rounded(taken.Messages / seconds),
            PacketsPerSecond = hasPackets ? Rounded(taken.Packets / seconds) : null,
            DatagramBytes = hasPackets ? Rounded((double)sent.PacketBytes / sent.Packets) : null,
            PathDatagramBytes = end.Source.Load.PathDatagramBytes > 0 ? end.Source.Load.PathDatagramBytes : null,
            CpuSecondsPerGigabyte = taken.Bytes > 0 ? Rounded(cpu / (taken.Bytes / 1e9)) : null,
            AllocatedBytesPerPacket = hasPackets ? Rounded(Math.Max(PerPacket(sent), PerPacket(taken))) : null,
            AllocatedBytesPerPacketProcess = hasPackets ? Rounded((double)allocated / taken.Packets) : null,
            Faults = taken.Faults,
            OthersCpuPercent = Rounded(othersCpuPercent),
        };
    }

    /// <summary>The median of each figure over all turns of one load.</summary>
    public static Measurement MedianOf(IReadOnlyList<Measurement> turns) => new()
    {
        Kind = "median",
        Name = turns[0].Name,
        Alternation = turns.Count,
        GbitPerSecond = Median(turns.Select(turn => turn.GbitPerSecond)),
        MegabytesPerSecond = Median(turns.Select(turn => turn.MegabytesPerSecond)),
        MessagesPerSecond = Median(turns.Select(turn => turn.MessagesPerSecond)),
        PacketsPerSecond = Median(turns.Select(turn => turn.PacketsPerSecond)),
        DatagramBytes = Median(turns.Select(turn => turn.DatagramBytes)),
        PathDatagramBytes = Median(turns.Select(turn => turn.PathDatagramBytes)),
        CpuSecondsPerGigabyte = Median(turns.Select(turn => turn.CpuSecondsPerGigabyte)),
        P50Us = Median(turns.Select(turn => turn.P50Us)),
        P99Us = Median(turns.Select(turn => turn.P99Us)),
        P999Us = Median(turns.Select(turn => turn.P999Us)),
        AllocatedBytesPerPacket = Median(turns.Select(turn => turn.AllocatedBytesPerPacket)),
        AllocatedBytesPerPacketProcess = Median(turns.Select(turn => turn.AllocatedBytesPerPacketProcess)),
        LostPercent = Median(turns.Select(turn => turn.LostPercent)),
        Faults = turns.Sum(turn => turn.Faults),
        OthersCpuPercent = Median(turns.Select(turn => turn.OthersCpuPercent)),
    };

    /// <summary>The middle value, or the mean of the two middle ones; null when there is none.</summary>
    public static double? Median(IEnumerable<double?> values)
    {
        var sorted = values.OfType<double>().Order().ToList();
        return sorted.Count == 0
            ? null
            : Rounded((sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2);
    }

    /// <summary>Four digits behind the point, one for large numbers: more would say nothing. What was divided by nothing is 0.</summary>
    public static double Rounded(double value) =>
        double.IsFinite(value) ? Math.Round(value, Math.Abs(value) >= 100 ? 1 : 4) : 0;

    private static double PerPacket(in LoadCounters side) =>
        (double)side.DriverAllocatedBytes / side.Packets;

    private static LoadCounters Counted(Mark begin, Mark end) => new(
        end.Load.Bytes - begin.Load.Bytes,
        end.Load.Messages - begin.Load.Messages,
        end.Load.Packets - begin.Load.Packets,
        end.Load.PacketBytes - begin.Load.PacketBytes,
        end.Load.Faults - begin.Load.Faults,
        end.Load.DriverAllocatedBytes - begin.Load.DriverAllocatedBytes);
}
