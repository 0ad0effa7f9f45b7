using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json;
using MeshActors.TestKit.Nat;

namespace MeshActors.Simulator;

/// <summary>Plays every ordered pair of the eight kinds of access with the same seeds: <c>nat --matrix [--seeds N]</c>; a line in JSON for each pair, a table for people on standard error.</summary>
/// <remarks>Exit code 0: what the oracle calls certain was found in every seed within 3 s, what it calls likely in 95 of a hundred within 15 s (10 s where the ports are of a known block), else no byte went directly, and nothing else failed.</remarks>
internal static class NatMatrix
{
    /// <summary>Seeds of each pair unless told.</summary>
    public const int DefaultSeeds = 20;

    /// <summary>Share of the direct paths called likely that are to be found in time.</summary>
    public const double LeastLikely = 0.95;

    public static int Play(ulong firstSeed, int seeds)
    {
        var rows = new List<string>();
        var mismatches = new List<string>();
        foreach (var a in NatKinds.Matrix)
        {
            foreach (var b in NatKinds.Matrix)
            {
                var runs = Enumerable.Range(0, seeds).Select(i => Run(unchecked(firstSeed + (ulong)i), a, b)).ToList();
                var wrong = Mismatch(runs);
                if (wrong is not null)
                {
                    mismatches.Add($"{a} to {b}: {wrong}");
                }

                rows.Add(Print(a, b, runs, wrong));
            }
        }

        Write(Console.Error, rows);
        Console.Out.WriteLine(JsonSerializer.Serialize(new
        {
            kind = "summary",
            bench = "nat-matrix",
            pass = mismatches.Count == 0,
            pairs = rows.Count,
            seeds,
            mismatches,
        }));
        return mismatches.Count == 0 ? 0 : 1;
    }

    private static NatPairResult Run(ulong seed, NatKind a, NatKind b)
    {
        using var pair = new NatPair(seed, new NatPairScenario(a, b, NatHarm.None, Early: false), keepLines: false);
        return pair.Run();
    }

    private static string? Mismatch(List<NatPairResult> runs)
    {
        if (runs.Find(run => run.Failure is not null)?.Failure is { } failure)
        {
            return failure;
        }

        var likely = runs.FindAll(run => run.Oracle == DirectPath.Likely);
        var found = likely.Count(run => run.Direct is not null);
        return found < LeastLikely * likely.Count ? $"{found} of {likely.Count} likely paths found" : null;
    }

    private static string Print(NatKind a, NatKind b, List<NatPairResult> runs, string? mismatch)
    {
        var oracle = runs.GroupBy(run => run.Oracle).MaxBy(group => group.Count())!.Key.ToString().ToLowerInvariant();
        var first = runs.Select(run => run.Opened.TotalMilliseconds).Order().ToArray();
        var direct = runs.Where(run => run.Direct is not null).Select(run => run.Direct!.Value.TotalMilliseconds).Order().ToArray();
        var path = direct.Length == runs.Count ? "direct" : direct.Length == 0 ? "relayed" : "both";
        Console.Out.WriteLine(JsonSerializer.Serialize(new
        {
            kind = "pair",
            a = a.Name,
            b = b.Name,
            oracle,
            path,
            runs = runs.Count,
            direct = direct.Length,
            firstByteP50Ms = At(first, 0.5),
            firstByteP99Ms = At(first, 0.99),
            mostRelayedRoundTrips = Math.Round(runs.Max(run => run.Opened / run.RelayedRoundTrip), 3),
            directP50Ms = direct.Length == 0 ? (double?)null : At(direct, 0.5),
            directP99Ms = direct.Length == 0 ? (double?)null : At(direct, 0.99),
            mismatch,
        }));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {a} | {b} | {oracle} | {path} {direct.Length}/{runs.Count} | {At(first, 0.5)} / {At(first, 0.99)} | {(direct.Length == 0 ? "-" : $"{At(direct, 0.5)} / {At(direct, 0.99)}")} | {(mismatch is null ? string.Empty : "MISMATCH")} |");
    }

    private static void Write(TextWriter to, List<string> rows)
    {
        to.WriteLine("| from | to | oracle | path | first byte ms, median / p99 | direct ms, median / p99 | |");
        to.WriteLine("|---|---|---|---|---|---|---|");
        rows.ForEach(to.WriteLine);
    }

    private static double At(double[] ordered, double share) =>
        Math.Round(ordered[Math.Min(ordered.Length - 1, (int)(ordered.Length * share))], 1);
}
