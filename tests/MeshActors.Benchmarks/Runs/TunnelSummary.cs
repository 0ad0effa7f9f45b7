using System;
using System.Collections.Generic;
using System.Linq;

namespace MeshActors.Benchmarks.Runs;

/// <summary>The last line of <c>bench tunnel</c>: ratios within a turn, of which the median was taken; null when not measured.</summary>
internal sealed record TunnelSummary
{
    /// <summary>What an idle tunnel may take.</summary>
    public const double MostIdleTunnelBytes = 16 * 1024;

    public string Kind { get; init; } = "summary";

    public string Bench { get; init; } = "tunnel";

    /// <summary>True when every goal that was measured is met.</summary>
    public bool Pass { get; init; }

    /// <summary>Throughput with messages of 64 KiB, against one AES-256-GCM per datagram of 1,400 bytes.</summary>
    public double? BulkVsLimit { get; init; }

    /// <summary>The same with messages of 1 MiB.</summary>
    public double? Bulk1mVsLimit { get; init; }

    /// <summary>64 KiB against the limit with datagrams of the tunnel's own size.</summary>
    public double? BulkVsLimitOwn { get; init; }

    /// <summary>64 KiB against TLS 1.3 over TCP.</summary>
    public double? BulkVsTls { get; init; }

    /// <summary>1 MiB against TLS 1.3 over TCP.</summary>
    public double? Bulk1mVsTls { get; init; }

    /// <summary>64 KiB against TCP without encryption.</summary>
    public double? BulkVsTcp { get; init; }

    public double? RttP50VsUdp { get; init; }

    public double? RttP99VsTls { get; init; }

    /// <summary>One-way messages of 100 bytes.</summary>
    public double? MessagesPerSecond { get; init; }

    /// <summary>The larger of bulk's two medians.</summary>
    public double? AllocatedBytesPerPacket { get; init; }

    public double? IdleTunnelBytes { get; init; }

    /// <summary>Messages that were not what was sent: more than 0 is an error.</summary>
    public long Faults { get; init; }

    /// <param name="turns">All measurements.</param>
    /// <param name="idleTunnelBytes">From the idle run, when there was one.</param>
    public static TunnelSummary Of(IReadOnlyList<Measurement> turns, double? idleTunnelBytes)
    {
        double? Ratio(string ours, string theirs, Func<Measurement, double?> figure) => Measurement.Median(
            from own in turns
            where own.Name == ours
            from other in turns
            where other.Name == theirs && other.Alternation == own.Alternation
            select figure(own) / figure(other));

        double? MedianOf(string name, Func<Measurement, double?> figure) =>
            Measurement.Median(turns.Where(turn => turn.Name == name).Select(figure));

        static double? Throughput(Measurement turn) => turn.GbitPerSecond;
        var allocated = new[] { TunnelLoads.Tunnel64, TunnelLoads.Tunnel1024 }
            .Select(name => MedianOf(name, turn => turn.AllocatedBytesPerPacket))
            .Max();
        var summary = new TunnelSummary
        {
            BulkVsLimit = Ratio(TunnelLoads.Tunnel64, TunnelLoads.Limit, Throughput),
            Bulk1mVsLimit = Ratio(TunnelLoads.Tunnel1024, TunnelLoads.Limit, Throughput),
            BulkVsLimitOwn = Ratio(TunnelLoads.Tunnel64, TunnelLoads.LimitOwn, Throughput),
            BulkVsTls = Ratio(TunnelLoads.Tunnel64, TunnelLoads.Tls, Throughput),
            Bulk1mVsTls = Ratio(TunnelLoads.Tunnel1024, TunnelLoads.Tls, Throughput),
            BulkVsTcp = Ratio(TunnelLoads.Tunnel64, TunnelLoads.Tcp, Throughput),
            RttP50VsUdp = Ratio(TunnelLoads.RttTunnel, TunnelLoads.RttUdp, turn => turn.P50Us),
            RttP99VsTls = Ratio(TunnelLoads.RttTunnel, TunnelLoads.RttTls, turn => turn.P99Us),
            MessagesPerSecond = MedianOf(TunnelLoads.Messages, turn => turn.MessagesPerSecond),
            AllocatedBytesPerPacket = allocated,
            IdleTunnelBytes = idleTunnelBytes,
            Faults = turns.Sum(turn => turn.Faults),
        };
        return summary with { Pass = summary.MeetsGoals() };
    }

    private bool MeetsGoals() =>
        Faults == 0
        && BulkVsLimit is null or >= 0.4
        && Bulk1mVsLimit is null or >= 0.4
        && BulkVsTls is null or >= 1.0
        && Bulk1mVsTls is null or >= 1.0
        && RttP50VsUdp is null or <= 1.3
        && RttP99VsTls is null or <= 1.0
        && MessagesPerSecond is null or >= 1_000_000
        && AllocatedBytesPerPacket is null or < 0.01
        && IdleTunnelBytes is null or <= MostIdleTunnelBytes;
}
