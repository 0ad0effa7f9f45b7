using System;
using System.Collections.Generic;
using System.Linq;
using MeshActors.Benchmarks.Runs;

namespace MeshActors.Benchmarks.Remoting;

/// <summary>The last line of <c>bench akka</c>: ratios of ours to theirs within a turn, of which the median was taken.</summary>
internal sealed record RemotingSummary
{
    public string Kind { get; init; } = "summary";

    public string Bench { get; init; } = BenchArguments.AkkaBench;

    /// <summary>True when every goal is met and nothing arrived that was not sent.</summary>
    public bool Pass { get; init; }

    /// <summary>Ping pong with the most clients, messages a second; goal at least 1.3.</summary>
    public double? PingPongVsTcp { get; init; }

    /// <summary>The same against TLS; goal at least 1.4.</summary>
    public double? PingPongVsTls { get; init; }

    /// <summary>A lone question of 100 bytes between two processes; goal at most 0.9.</summary>
    public double? AskP50VsTcp { get; init; }

    /// <summary>Its 99th percentile; goal at most 1.0.</summary>
    public double? AskP99VsTcp { get; init; }

    /// <summary>Messages of 1 MiB, eight under way, between two processes; goal at least 1.0.</summary>
    public double? BulkVsTcp { get; init; }

    /// <summary>The same against TLS; goal at least 1.5.</summary>
    public double? BulkVsTls { get; init; }

    /// <summary>The same question while messages of 1 MiB go the same way between other actors; no goal.</summary>
    public double? AskBesideBulkP50VsTcp { get; init; }

    /// <summary>Its 99th percentile.</summary>
    public double? AskBesideBulkP99VsTcp { get; init; }

    /// <summary>How late a heartbeat over the mesh was at most while 24 MiB/s went beside it; goal at most 250.</summary>
    public double? HeartbeatLateMaxMs { get; init; }

    /// <summary>The same over TCP, to compare.</summary>
    public double? HeartbeatLateMaxMsTcp { get; init; }

    /// <summary>Messages that were not what was sent: more than 0 is an error.</summary>
    public long Faults { get; init; }

    public static RemotingSummary Of(IReadOnlyList<RemotingLine> turns)
    {
        var most = turns.Max(turn => turn.Clients);
        double? Ratio(string name, RemotingKind other, Func<RemotingLine, double?> figure) => Measurement.Median(
            from own in turns
            where own.Name == name && own.Transport == RemotingKind.Mesh && (own.Clients is null || own.Clients == most)
            from theirs in turns
            where theirs.Name == name && theirs.Transport == other && theirs.Clients == own.Clients && theirs.Alternation == own.Alternation
            select figure(own) / figure(theirs));

        double? Latest(RemotingKind kind) => turns.Where(turn => turn.Transport == kind).Max(turn => turn.LateMaxMs);

        var summary = new RemotingSummary
        {
            PingPongVsTcp = Ratio(RemotingLine.PingPong, RemotingKind.Tcp, turn => turn.MessagesPerSecond),
            PingPongVsTls = Ratio(RemotingLine.PingPong, RemotingKind.Tls, turn => turn.MessagesPerSecond),
            AskP50VsTcp = Ratio(RemotingLine.Ask, RemotingKind.Tcp, turn => turn.P50Us),
            AskP99VsTcp = Ratio(RemotingLine.Ask, RemotingKind.Tcp, turn => turn.P99Us),
            BulkVsTcp = Ratio(RemotingLine.Bulk, RemotingKind.Tcp, turn => turn.MegabytesPerSecond),
            BulkVsTls = Ratio(RemotingLine.Bulk, RemotingKind.Tls, turn => turn.MegabytesPerSecond),
            AskBesideBulkP50VsTcp = Ratio(RemotingLine.AsksBesideBulk, RemotingKind.Tcp, turn => turn.P50Us),
            AskBesideBulkP99VsTcp = Ratio(RemotingLine.AsksBesideBulk, RemotingKind.Tcp, turn => turn.P99Us),
            HeartbeatLateMaxMs = Latest(RemotingKind.Mesh),
            HeartbeatLateMaxMsTcp = Latest(RemotingKind.Tcp),
            Faults = turns.Sum(turn => turn.Faults),
        };
        return summary with { Pass = summary.MeetsGoals() };
    }

    private bool MeetsGoals() =>
        Faults == 0
        && PingPongVsTcp is null or >= 1.3
        && PingPongVsTls is null or >= 1.4
        && AskP50VsTcp is null or <= 0.9
        && AskP99VsTcp is null or <= 1.0
        && BulkVsTcp is null or >= 1.0
        && BulkVsTls is null or >= 1.5
        && HeartbeatLateMaxMs is null or <= 250;
}
