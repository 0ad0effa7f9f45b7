using System.Collections.Generic;
using System.Linq;
using MeshActors.Benchmarks.Runs;

namespace MeshActors.Benchmarks.Flood;

/// <summary>One turn of one scenario.</summary>
internal sealed record FloodLine
{
    /// <summary>Noise under a fitting MAC from addresses that answer nothing.</summary>
    public const string Spoofed = "spoofed";

    /// <summary>True attempts under fresh certificates from addresses that return cookies.</summary>
    public const string Real = "real";

    public string Kind { get; init; } = "flood";

    public required string Scenario { get; init; }

    public int Alternation { get; init; }

    /// <summary>The tunnel's best rate without a flood, 10^6 bytes of messages a second; it is held to half of that.</summary>
    public double MaximumMegabytesPerSecond { get; init; }

    public double BeforeMegabytesPerSecond { get; init; }

    public double DuringMegabytesPerSecond { get; init; }

    /// <summary>During, as part of before.</summary>
    public double Kept { get; init; }

    /// <summary>Of one core, the whole process of the flooded node.</summary>
    public double NodeCpuPercentBefore { get; init; }

    public double NodeCpuPercentDuring { get; init; }

    public double FloodPacketsPerSecond { get; init; }

    /// <summary>What the flood's addresses sent and heard.</summary>
    public required FloodCounts Flood { get; init; }

    /// <summary>What the node dropped meanwhile, by reason.</summary>
    public required IReadOnlyDictionary<string, long> Dropped { get; init; }

    public long ManagedBytesBefore { get; init; }

    public long ManagedBytesAfter { get; init; }

    public long ResidentBytesBefore { get; init; }

    public long ResidentBytesAfter { get; init; }

    public long Faults { get; init; }
}

/// <summary>The last line of <c>bench flood</c>; kept rates are medians of the turns.</summary>
internal sealed record FloodSummary(
    string Kind,
    string Bench,
    bool Pass,
    double? KeptSpoofed,
    double? KeptReal,
    double WorstOutPerIn,
    long MemoryGrowthBytes,
    long Faults)
{
    private const double LeastKept = 0.9;

    /// <summary>What full collections leave behind differs by so much from time to time.</summary>
    private const long MostGrowthBytes = 16 * 1024 * 1024;

    public static FloodSummary Of(IReadOnlyList<FloodLine> lines)
    {
        double? Kept(string scenario) =>
            Measurement.Median(lines.Where(line => line.Scenario == scenario).Select(line => (double?)line.Kept));

        var worst = lines.Max(line => line.Flood.WorstOutPerIn);
        var growth = lines[^1].ManagedBytesAfter - lines[0].ManagedBytesBefore;
        var faults = lines.Sum(line => line.Faults);
        var spoofed = Kept(FloodLine.Spoofed);
        var real = Kept(FloodLine.Real);
        return new FloodSummary(
            "summary",
            "flood",
            spoofed >= LeastKept && real >= LeastKept && worst <= 1 && growth <= MostGrowthBytes && faults == 0,
            spoofed,
            real,
            Measurement.Rounded(worst),
            growth,
            faults);
    }
}
