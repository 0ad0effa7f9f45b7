using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using MeshActors.TestKit.Nat;

namespace MeshActors.NatLab.Matrix;

/// <summary>Real nodes behind each pair of NATs: the path they find, the time to the first byte and to a direct path, held against the oracle.</summary>
internal static class MatrixProgram
{
    /// <summary>How many of a hundred runs of a likely pair have to find a direct path.</summary>
    private const int LikelyPercent = 90;

    /// <summary>Plays all pairs.</summary>
    /// <returns>False when something was not as it should be.</returns>
    public static async Task<bool> RunAsync(string name, LabArguments arguments)
    {
        var lines = new List<MatrixLine>();
        await using var fleet = await LabFleet.StartAsync(name);
        foreach (var (a, b) in arguments.Pairs)
        {
            var pair = new PairRun(fleet, a, b);
            for (var run = 0; run < (pair.Oracle == DirectPath.Likely ? arguments.Runs : 1); run++)
            {
                var line = await pair.RunAsync(run);
                lines.Add(line);
                Program.Print(line);
            }
        }

        var mismatches = lines.GroupBy(line => (line.A, line.B)).Count(IsMismatch);
        Program.Print(new
        {
            kind = "summary",
            bench = "nat-matrix",
            pass = mismatches == 0,
            pairs = lines.Select(line => new { line.A, line.B, line.Path, line.ExpectedPath, line.FirstByteMs, line.DirectMs }),
            mismatches,
        });
        PrintTable(lines);
        return mismatches == 0;
    }

    private static bool IsMismatch(IGrouping<(string A, string B), MatrixLine> runs)
    {
        var wrong = runs.Count(line => line.Mismatch is not null);
        return runs.First().Oracle == nameof(DirectPath.Likely)
            ? runs.Any(line => line.FirstByteMs is null) || (runs.Count() - wrong) * 100 < LikelyPercent * runs.Count()
            : wrong > 0;
    }

    /// <summary>For people: a row for each pair.</summary>
    private static void PrintTable(IEnumerable<MatrixLine> lines)
    {
        Console.Error.WriteLine($"{"a",-21}{"b",-21}{"oracle",-8}{"path",-9}{"first byte ms",14}{"direct ms",11}");
        foreach (var line in lines)
        {
            Console.Error.WriteLine(
                $"{line.A,-21}{line.B,-21}{line.Oracle,-8}{line.Path,-9}{line.FirstByteMs,14}{line.DirectMs,11}  {line.Mismatch}");
        }
    }
}
