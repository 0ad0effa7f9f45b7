using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using MeshActors.Benchmarks.Idle;

namespace MeshActors.Benchmarks.Runs;

/// <summary><c>bench tunnel</c>: a tunnel and its limits, by turns within the same minutes.</summary>
internal static class TunnelRun
{
    private const double WarmUpSeconds = 0.5;

    /// <returns>Exit code 0 when everything was measured and what arrived was what was sent, else 1.</returns>
    public static async Task<int> RunAsync(BenchArguments arguments)
    {
        var loads = TunnelLoads.All.Where(load => arguments.Includes(load.Name)).ToList();
        var pairs = new Dictionary<string, ChildPair>();
        var turns = new List<Measurement>();
        Lines.Print(RunEnvironment.Of(
            "tunnel", arguments.Commit, arguments.Network, arguments.Seconds, arguments.Alternations));
        try
        {
            var secret = FreshSecret.Text();
            var ownBytes = TunnelLoads.LimitDatagramBytes;
            foreach (var load in loads.Where(load => load.Size > 0).Concat(loads.Where(load => load.Size == 0)))
            {
                var pair = await PairForAsync(load, pairs, arguments, secret);
                var warm = await pair.MeasureAsync(
                    load, SizeOf(load, ownBytes), Math.Min(WarmUpSeconds, arguments.Seconds), alternation: 0);
                ownBytes = OwnBytes(warm, ownBytes);
            }

            for (var alternation = 1; alternation <= arguments.Alternations; alternation++)
            {
                foreach (var load in loads)
                {
                    var turn = await pairs[load.SourceRole].MeasureAsync(
                        load, SizeOf(load, ownBytes), arguments.Seconds, alternation);
                    ownBytes = OwnBytes(turn, ownBytes);
                    turns.Add(turn);
                    Lines.Print(turn);
                }
            }
        }
        finally
        {
            foreach (var pair in pairs.Values)
            {
                await pair.DisposeAsync();
            }
        }

        foreach (var load in loads)
        {
            Lines.Print(Measurement.MedianOf(turns.Where(turn => turn.Name == load.Name).ToList()));
        }

        IdleLine? idle = null;
        if (arguments.Includes(TunnelLoads.Idle))
        {
            idle = await IdleRun.MeasureAsync(arguments.Tunnels, arguments.Seconds);
            Lines.Print(idle);
        }

        var summary = TunnelSummary.Of(turns, idle?.IdleTunnelBytes);
        Lines.Print(summary);
        return summary.Faults == 0 ? 0 : 1;
    }

    private static int SizeOf(TunnelLoad load, int ownBytes) => load.Size > 0 ? load.Size : ownBytes;

    /// <summary>The largest datagrams that bulk in the tunnel was last seen to use.</summary>
    private static int OwnBytes(Measurement turn, int before) =>
        turn is { Name: TunnelLoads.Tunnel64, PathDatagramBytes: { } bytes } ? (int)bytes : before;

    private static async Task<ChildPair> PairForAsync(
        TunnelLoad load, Dictionary<string, ChildPair> pairs, BenchArguments arguments, string secret)
    {
        if (!pairs.TryGetValue(load.SourceRole, out var pair))
        {
            pair = await ChildPair.StartAsync(load, (arguments.Source, arguments.Sink), secret);
            pairs.Add(load.SourceRole, pair);
            if (pair.Suite.Length > 0)
            {
                Lines.Print(new SuiteLine("suite", load.SourceRole, pair.Suite));
            }
        }

        return pair;
    }

    /// <summary>What a pair encrypts with.</summary>
    private sealed record SuiteLine(string Kind, string Role, string Suite);
}
