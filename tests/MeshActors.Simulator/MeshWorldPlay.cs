using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.Json;
using MeshActors.TestKit.Mesh;

namespace MeshActors.Simulator;

/// <summary>Plays meshes of eight nodes: <c>mesh [--seeds N] [--seed S] [--twice] [--trace] [--diagram FILE]</c>; a line for each seed that failed, what healing took, then the summary.</summary>
internal static class MeshWorldPlay
{
    /// <summary>Every so many seeds one is played twice, unless all are.</summary>
    private const int TwiceEvery = 50;

    public static int Play(SimulatorArguments arguments)
    {
        var results = new List<MeshResult>();
        var failed = new List<ulong>();
        var hash = 0ul;
        for (var i = 0; i < arguments.Seeds; i++)
        {
            var seed = unchecked(arguments.FirstSeed + (ulong)i);
            var result = Play(seed, arguments.Twice || i % TwiceEvery == 0, arguments.Trace);
            hash = unchecked((hash * 31) + result.TraceHash);
            if (result.Failure is not null)
            {
                failed.Add(seed);
            }

            if (result.Failure is not null || arguments.Seeds == 1)
            {
                var diagram = arguments.Diagram is not null || (result.Failure is not null && failed.Count <= DiagramFile.Most)
                    ? DiagramFile.Write(arguments, seed, result.Failure, drawn => MeshRun.Run(seed, drawn))
                    : null;
                Print(new { kind = "seed", seed, failure = result.Failure, diagram, traceHash = Hex(result.TraceHash) });
            }

            results.Add(result);
        }

        Print(new
        {
            kind = "healing",
            reachedP50s = At(results, 0.5, run => run.Reached.TotalSeconds),
            reachedP99s = At(results, 0.99, run => run.Reached.TotalSeconds),
            reachedMaxs = At(results, 1, run => run.Reached.TotalSeconds),
            directP50s = At(results, 0.5, run => run.Direct.TotalSeconds),
            directP99s = At(results, 0.99, run => run.Direct.TotalSeconds),
            directMaxs = At(results, 1, run => run.Direct.TotalSeconds),
            packets = results.Sum(run => run.Packets),
            mostInSecond = results.Max(run => run.MostInSecond),
            restingPerSecondP50 = At(results, 0.5, run => run.RestingPerSecond),
            restingPerSecondP99 = At(results, 0.99, run => run.RestingPerSecond),
            restingPerSecondMax = At(results, 1, run => run.RestingPerSecond),
            restingMostP50 = At(results, 0.5, run => run.RestingMost),
            restingMostP99 = At(results, 0.99, run => run.RestingMost),
            restingMostMax = At(results, 1, run => run.RestingMost),
        });
        Print(new SummaryLine(
            "summary",
            "simulate",
            failed.Count == 0,
            arguments.World,
            arguments.Seeds,
            failed.Count,
            failed,
            Math.Round(results.Sum(run => run.Elapsed.TotalHours), 3),
            results.Sum(run => run.Messages),
            Hex(hash)));
        return failed.Count == 0 ? 0 : 1;
    }

    private static MeshResult Play(ulong seed, bool twice, bool trace)
    {
        var result = MeshRun.Run(seed, tell: trace ? line => Print(new { kind = "trace", line }) : null);
        if (twice && MeshRun.Run(seed).TraceHash is var again && again != result.TraceHash)
        {
            result = result with { Failure = $"two runs differ: {Hex(result.TraceHash)} and {Hex(again)}; {result.Failure}" };
        }

        return result;
    }

    private static double At(List<MeshResult> results, double share, Func<MeshResult, double> figure)
    {
        var ordered = results.Select(figure).Order().ToArray();
        return Math.Round(ordered[Math.Min(ordered.Length - 1, (int)(ordered.Length * share))], 2);
    }

    private static void Print<T>(T line) => Console.Out.WriteLine(JsonSerializer.Serialize(line));

    private static string Hex(ulong hash) => hash.ToString("x16", CultureInfo.InvariantCulture);
}
