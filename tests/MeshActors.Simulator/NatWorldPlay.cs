using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.Json;
using MeshActors.TestKit.Nat;

namespace MeshActors.Simulator;

/// <summary>Plays pairs of nodes behind NATs: <c>nat [--seeds N] [--seed S] [--pair KIND,KIND] [--trace] [--diagram FILE]</c>; a line for each pair of kinds, then the summary.</summary>
internal static class NatWorldPlay
{
    public static int Play(SimulatorArguments arguments)
    {
        var results = new List<(ulong Seed, NatPairResult Result)>();
        var hash = 0ul;
        var failures = 0;
        for (var i = 0; i < arguments.Seeds; i++)
        {
            var seed = unchecked(arguments.FirstSeed + (ulong)i);
            var result = arguments.Pair is { } kinds
                ? NatPair.Run(seed, NatPairScenario.Of(NatKinds.Named(kinds.A), NatKinds.Named(kinds.B), seed), arguments.Trace)
                : NatPair.Run(seed, arguments.Trace);
            hash = unchecked((hash * 31) + result.TraceHash);
            foreach (var line in result.Trace)
            {
                Print(new { kind = "trace", line });
            }

            if (result.Failure is not null || arguments.Seeds == 1 || (result.Direct is null && result.Oracle != DirectPath.No))
            {
                failures += result.Failure is null ? 0 : 1;
                var diagram = arguments.Diagram is not null || (result.Failure is not null && failures <= DiagramFile.Most)
                    ? DiagramFile.Write(arguments, seed, failure: null, drawn => NatPair.Run(seed, result.Scenario, diagram: drawn))
                    : null;
                Print(new { kind = "seed", seed, failure = result.Failure, diagram, oracle = result.Oracle.ToString(), directMs = result.Direct?.TotalMilliseconds, punching = result.Punching.ToString(), traceHash = Hex(result.TraceHash) });
            }

            results.Add((seed, result with { Trace = [] }));
        }

        foreach (var pair in results.GroupBy(run => (run.Result.Scenario.A.Name, run.Result.Scenario.B.Name)))
        {
            PrintPair(pair.Key.Item1, pair.Key.Item2, [.. pair.Select(run => run.Result)]);
        }

        foreach (var harm in results.GroupBy(run => run.Result.Scenario.Harm).OrderBy(group => group.Key))
        {
            var gaps = harm.Select(run => run.Result.WorstGap.TotalMilliseconds).Order().ToArray();
            Print(new { kind = "harm", harm = harm.Key.ToString(), runs = gaps.Length, gapP50Ms = At(gaps, 0.5), gapP99Ms = At(gaps, 0.99), gapMaxMs = gaps[^1] });
        }

        var failed = results.Where(run => run.Result.Failure is not null).Select(run => run.Seed).ToList();
        Print(new SummaryLine(
            "summary",
            "simulate",
            failed.Count == 0,
            arguments.World,
            arguments.Seeds,
            failed.Count,
            failed,
            Math.Round(results.Sum(run => run.Result.Elapsed.TotalHours), 3),
            results.Sum(run => run.Result.Messages),
            Hex(hash)));
        return failed.Count == 0 ? 0 : 1;
    }

    private static void PrintPair(string a, string b, NatPairResult[] runs)
    {
        var direct = runs.Where(run => run.Direct is not null).Select(run => run.Direct!.Value.TotalMilliseconds).Order().ToArray();
        Print(new
        {
            kind = "pair",
            a,
            b,
            expectedPath = runs.GroupBy(run => run.Oracle).MaxBy(group => group.Count())!.Key.ToString(),
            runs = runs.Length,
            direct = direct.Length,
            firstByteMs = Math.Round(runs.Average(run => run.Opened.TotalMilliseconds), 1),
            relayedRoundTrips = Math.Round(runs.Average(run => run.Opened / run.RelayedRoundTrip), 3),
            directP50Ms = direct.Length == 0 ? (double?)null : At(direct, 0.5),
            directMaxMs = direct.Length == 0 ? (double?)null : Math.Round(direct[^1], 1),
        });
    }

    private static double At(double[] ordered, double share) =>
        Math.Round(ordered[Math.Min(ordered.Length - 1, (int)(ordered.Length * share))], 1);

    private static void Print<T>(T line) => Console.Out.WriteLine(JsonSerializer.Serialize(line));

    private static string Hex(ulong hash) => hash.ToString("x16", CultureInfo.InvariantCulture);
}
