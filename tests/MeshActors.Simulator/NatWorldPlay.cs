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
    /// <summary>Fewer runs say nothing about a share of 95 in a hundred.</summary>
    private const int LeastLikelyRuns = 20;

    /// <summary>A time without a message that is longer comes from what died: messages are 20 ms apart.</summary>
    private const double FeltMs = 60;

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
            PrintHarm(harm.Key, [.. harm.Select(run => run.Result)], harm.MaxBy(run => run.Result.WorstGap / run.Result.GapBound).Seed);
        }

        PrintFirstByte([.. results.Select(run => run.Result)]);
        var areLikelyFound = PrintLikely([.. results.Select(run => run.Result).Where(run => run.Oracle == DirectPath.Likely)]);
        var failed = results.Where(run => run.Result.Failure is not null).Select(run => run.Seed).ToList();
        Print(new SummaryLine(
            "summary",
            "simulate",
            failed.Count == 0 && areLikelyFound,
            arguments.World,
            arguments.Seeds,
            failed.Count,
            failed,
            Math.Round(results.Sum(run => run.Result.Elapsed.TotalHours), 3),
            results.Sum(run => run.Result.Messages),
            Hex(hash)));
        return failed.Count == 0 && areLikelyFound ? 0 : 1;
    }

    /// <summary>What a harm cost: the longest time without a message, of all runs and of those where anything that was in use died, and as a part of max(1 s, 4 round trips).</summary>
    private static void PrintHarm(NatHarm harm, NatPairResult[] runs, ulong worstSeed)
    {
        var gaps = runs.Select(run => run.WorstGap.TotalMilliseconds).Order().ToArray();
        var felt = gaps.Where(gap => gap > FeltMs).ToArray();
        var isBounded = harm is not (NatHarm.AllWays or NatHarm.AllWaysForAWhile);
        var parts = runs.Select(run => run.WorstGap / run.GapBound).Order().ToArray();
        Print(new
        {
            kind = "harm",
            harm = harm.ToString(),
            runs = gaps.Length,
            gapP50Ms = At(gaps, 0.5),
            gapP99Ms = At(gaps, 0.99),
            gapMaxMs = At(gaps, 1),
            felt = felt.Length,
            feltP50Ms = felt.Length == 0 ? (double?)null : At(felt, 0.5),
            feltP99Ms = felt.Length == 0 ? (double?)null : At(felt, 0.99),
            ofBoundP99 = isBounded ? At(parts, 0.99, digits: 3) : (double?)null,
            ofBoundMax = isBounded ? At(parts, 1, digits: 3) : (double?)null,
            worstSeed,
        });
    }

    /// <summary>How long the tunnel took to open, in round trips over the nearer relay, and how long the first message that went ahead of it.</summary>
    private static void PrintFirstByte(NatPairResult[] runs)
    {
        var opened = runs.Select(run => run.Opened / run.RelayedRoundTrip).Order().ToArray();
        var early = runs.Where(run => run.Scenario.Early).Select(run => run.FirstMessage / run.RelayedRoundTrip).Order().ToArray();
        Print(new
        {
            kind = "first-byte",
            runs = opened.Length,
            roundTripsP50 = At(opened, 0.5, digits: 3),
            roundTripsP99 = At(opened, 0.99, digits: 3),
            roundTripsMax = At(opened, 1, digits: 3),
            early = early.Length,
            earlyRoundTripsP99 = early.Length == 0 ? (double?)null : At(early, 0.99, digits: 3),
            earlyRoundTripsMax = early.Length == 0 ? (double?)null : At(early, 1, digits: 3),
        });
    }

    /// <summary>How many of the direct paths that are likely were found in time.</summary>
    /// <returns>False when these are fewer than the share that is asked for, of enough runs to say so.</returns>
    private static bool PrintLikely(NatPairResult[] runs)
    {
        if (runs.Length == 0)
        {
            return true;
        }

        var found = runs.Count(run => run.Direct is not null);
        var isPass = runs.Length < LeastLikelyRuns || found >= NatMatrix.LeastLikely * runs.Length;
        Print(new { kind = "likely", runs = runs.Length, found, share = Math.Round((double)found / runs.Length, 4), pass = isPass });
        return isPass;
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

    private static double At(double[] ordered, double share, int digits = 1) =>
        Math.Round(ordered[Math.Min(ordered.Length - 1, (int)(ordered.Length * share))], digits);

    private static void Print<T>(T line) => Console.Out.WriteLine(JsonSerializer.Serialize(line));

    private static string Hex(ulong hash) => hash.ToString("x16", CultureInfo.InvariantCulture);
}
