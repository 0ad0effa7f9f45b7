using System.Collections.Generic;
using System.Linq;
using MeshActors.Benchmarks.Runs;

namespace MeshActors.Benchmarks.Relays;

/// <summary>One relay, one size, one turn.</summary>
internal sealed record RelayLine
{
    public const string Ours = "ours";
    public const string Coturn = "coturn";

    public string Kind { get; init; } = "relay";

    public required string Relay { get; init; }

    /// <summary>Bytes of payload.</summary>
    public int Size { get; init; }

    public int Alternation { get; init; }

    /// <summary>Datagrams that arrived, for each second of processor time of the relay's process.</summary>
    public double PacketsPerCpuSecond { get; init; }

    /// <summary>Datagrams that arrived a second.</summary>
    public double PacketsPerSecond { get; init; }

    /// <summary>How busy the relay's core was with it, percent.</summary>
    public double CpuPercent { get; init; }

    public double LostPercent { get; init; }

    /// <summary>Datagrams that arrived and were not what was sent.</summary>
    public long Faults { get; init; }

    /// <summary>Leases, in the line about many clients.</summary>
    public int? Clients { get; init; }

    /// <summary>Managed memory that a lease costs.</summary>
    public double? ManagedBytesPerClient { get; init; }

    /// <summary>Locked memory that a lease costs: its keys.</summary>
    public double? LockedBytesPerClient { get; init; }

    public static RelayLine Of(string relay, int size, int alternation, PairFigures figures) => new()
    {
        Relay = relay,
        Size = size,
        Alternation = alternation,
        PacketsPerCpuSecond = Measurement.Rounded(figures.Taken / figures.CpuSeconds),
        PacketsPerSecond = Measurement.Rounded(figures.Taken / figures.Seconds),
        CpuPercent = Measurement.Rounded(100 * figures.CpuSeconds / figures.Seconds),
        LostPercent = Measurement.Rounded(100.0 * figures.Lost / figures.Sent),
    };
}

/// <summary>The last line of <c>bench relay</c>.</summary>
/// <param name="Kind">Always <c>summary</c>.</param>
/// <param name="Bench">Always <c>relay</c>.</param>
/// <param name="Pass">True when our relay moves at least as many packets of each size as coturn's for a second of processor time, and none was wrong.</param>
/// <param name="PacketsPerCoreVsCoturn">The least of the ratios below.</param>
/// <param name="BySize">Ours to theirs, medians over all turns, by bytes of payload.</param>
/// <param name="Clients">Leases in the last measurement.</param>
/// <param name="BytesPerClient">Memory of a lease, managed and locked.</param>
/// <param name="ClientsPacketsPerCpuSecond">Packets for each second of processor time with so many.</param>
/// <param name="Dropped">What our relay dropped meanwhile, by reason.</param>
/// <param name="Faults">Datagrams that arrived and were not what was sent.</param>
internal sealed record RelaySummary(
    string Kind,
    string Bench,
    bool Pass,
    double PacketsPerCoreVsCoturn,
    IReadOnlyDictionary<int, double> BySize,
    int Clients,
    double BytesPerClient,
    double ClientsPacketsPerCpuSecond,
    IReadOnlyDictionary<string, long> Dropped,
    long Faults)
{
    public static RelaySummary Of(
        IReadOnlyList<RelayLine> lines, RelayLine many, IReadOnlyDictionary<string, long> dropped)
    {
        double? MedianOf(string relay, int size) => Measurement.Median(
            lines.Where(line => line.Relay == relay && line.Size == size).Select(line => (double?)line.PacketsPerCpuSecond));

        var ratios = lines.Select(line => line.Size).Distinct().ToDictionary(
            size => size, size => Measurement.Rounded(MedianOf(RelayLine.Ours, size) / MedianOf(RelayLine.Coturn, size) ?? 0));
        var faults = lines.Sum(line => line.Faults) + many.Faults;
        return new RelaySummary(
            "summary",
            "relay",
            ratios.Values.Min() >= 1 && faults == 0,
            ratios.Values.Min(),
            ratios,
            many.Clients ?? 0,
            Measurement.Rounded((many.ManagedBytesPerClient ?? 0) + (many.LockedBytesPerClient ?? 0)),
            many.PacketsPerCpuSecond,
            dropped,
            faults);
    }
}
