using System;
using System.Collections.Generic;
using System.Linq;
using MeshActors.Benchmarks.Children;
using MeshActors.Benchmarks.Runs;

namespace MeshActors.Benchmarks.Remoting;

/// <summary>What one load of <c>bench akka</c> gave over one transport, in one turn or as the median of all; null where it has no meaning.</summary>
internal sealed record RemotingLine
{
    public const string PingPong = "ping-pong";
    public const string Ask = "ask";
    public const string Bulk = "bulk";
    public const string Heartbeats = "heartbeats";
    public const string AsksBesideBulk = "asks-beside-bulk";

    /// <summary><c>measurement</c>, or <c>median</c>.</summary>
    public string Kind { get; init; } = "measurement";

    public required string Name { get; init; }

    public required RemotingKind Transport { get; init; }

    /// <summary>Pairs of actors; the ping pong alone.</summary>
    public int? Clients { get; init; }

    /// <summary>Which turn, counted from 1; for medians how many there were.</summary>
    public int Alternation { get; init; }

    /// <summary>Messages that arrived at either end.</summary>
    public double? MessagesPerSecond { get; init; }

    /// <summary>Payload in 10^6 bytes a second.</summary>
    public double? MegabytesPerSecond { get; init; }

    public double? P50Us { get; init; }

    public double? P99Us { get; init; }

    /// <summary>How much later than their interval answers to heartbeats came after the ones before, of the side where it is more.</summary>
    public double? LateP50Ms { get; init; }

    public double? LateP99Ms { get; init; }

    /// <summary>The latest of all; as a median the latest of all turns.</summary>
    public double? LateMaxMs { get; init; }

    /// <summary>Processor time of all processes for each message that arrived.</summary>
    public double? CpuUsPerMessage { get; init; }

    /// <summary>Managed bytes of all processes for each message that arrived.</summary>
    public double? AllocatedBytesPerMessage { get; init; }

    /// <summary>Messages that arrived and were not what was sent: more than 0 is an error.</summary>
    public long Faults { get; init; }

    /// <summary>Processor time that went to others, percent of all cores: contention.</summary>
    public double? OthersCpuPercent { get; init; }

    /// <summary>The same between two marks, of the processes that took part; the first has counted.</summary>
    public RemotingLine Between(IReadOnlyList<Mark> begin, IReadOnlyList<Mark> end, ProcessorTime machine)
    {
        var seconds = end[0].Seconds - begin[0].Seconds;
        var messages = (double)(end[0].Load.Messages - begin[0].Load.Messages);
        var bytes = end[0].Load.Bytes - begin[0].Load.Bytes;
        var line = Costs(begin, end, machine, messages);
        return line with
        {
            MessagesPerSecond = Measurement.Rounded(messages / seconds),
            MegabytesPerSecond = bytes > 0 ? Measurement.Rounded(bytes / seconds / 1e6) : null,
            Faults = end[0].Load.Faults - begin[0].Load.Faults,
        };
    }

    /// <summary>What it cost.</summary>
    public RemotingLine Costs(IReadOnlyList<Mark> begin, IReadOnlyList<Mark> end, ProcessorTime machine, double messages)
    {
        var cpu = end.Zip(begin, (after, before) => after.CpuSeconds - before.CpuSeconds).Sum();
        return this with
        {
            CpuUsPerMessage = Measurement.Rounded(cpu * 1e6 / messages),
            AllocatedBytesPerMessage = Measurement.Rounded(
                end.Zip(begin, (after, before) => after.AllocatedBytes - before.AllocatedBytes).Sum() / messages),
            OthersCpuPercent = Measurement.Rounded(ProcessorTime.Now().OthersPercentSince(machine, cpu)),
        };
    }

    /// <summary>The median of each figure over all turns of one load over one transport.</summary>
    public static RemotingLine MedianOf(IReadOnlyList<RemotingLine> turns)
    {
        double? Median(Func<RemotingLine, double?> figure) => Measurement.Median(turns.Select(figure));
        return turns[0] with
        {
            Kind = "median",
            Alternation = turns.Count,
            MessagesPerSecond = Median(turn => turn.MessagesPerSecond),
            MegabytesPerSecond = Median(turn => turn.MegabytesPerSecond),
            P50Us = Median(turn => turn.P50Us),
            P99Us = Median(turn => turn.P99Us),
            LateP50Ms = Median(turn => turn.LateP50Ms),
            LateP99Ms = Median(turn => turn.LateP99Ms),
            LateMaxMs = turns.Max(turn => turn.LateMaxMs),
            CpuUsPerMessage = Median(turn => turn.CpuUsPerMessage),
            AllocatedBytesPerMessage = Median(turn => turn.AllocatedBytesPerMessage),
            Faults = turns.Sum(turn => turn.Faults),
            OthersCpuPercent = Median(turn => turn.OthersCpuPercent),
        };
    }
}
