using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using MeshActors.LinkLab.Linux;
using MeshActors.RegionLab.Nodes;
using MeshActors.RegionLab.Runs;

namespace MeshActors.RegionLab;

/// <summary>The region laboratory: five real nodes in three regions that network namespaces and links with delay stand for, as one cluster.</summary>
/// <remarks>
/// JSON lines on standard output, the last is the summary; a table on standard error. Exit code 0: everything is as it should be; 1: something is
/// not; 2: the command line is wrong; 3: the machine cannot run it.
/// </remarks>
internal static class Program
{
    /// <summary>Tells which names the namespaces get; the script that deletes them afterwards sets it.</summary>
    private const string NameVariable = "MESH_LAB_NAME";

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    private static async Task<int> Main(string[] words)
    {
        if (words is [NodeProgram.Verb])
        {
            return await NodeProgram.RunAsync(Console.In);
        }

        if (LabArguments.Parse(words, out var error) is not { } arguments)
        {
            Console.Error.WriteLine($"{error}\n{LabArguments.Usage}");
            return 2;
        }

        if (!MakeDirectory(arguments.Logs))
        {
            return 2;
        }

        try
        {
            return await RunAsync(arguments) ? 0 : 1;
        }
        catch (LinuxCallException failure)
        {
            Console.Error.WriteLine(failure.Message);
            return 3;
        }
    }

    private static bool MakeDirectory(string logs)
    {
        try
        {
            _ = logs.Length == 0 ? null : Directory.CreateDirectory(logs);
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"--logs {logs}: {failure.Message}");
            return false;
        }
    }

    private static async Task<bool> RunAsync(LabArguments arguments)
    {
        var name = Environment.GetEnvironmentVariable(NameVariable) ?? $"regionlab{Environment.ProcessId}";
        await using var fleet = new RegionFleet(name, arguments.IsNamedByMeshAddress, arguments.Logs);
        var formed = await FormRun.RunAsync(fleet);
        Print(formed, Row("form", formed.Mismatch, ("formed", formed.FormedMs), ("since start", formed.SinceStartMs), ("works", formed.WorksMs)));
        var mismatches = formed.Mismatch is null ? 0 : 1;
        var done = 1;
        if (formed.FormedMs is not null)
        {
            foreach (var region in arguments.Cuts)
            {
                var line = await new CutRun(fleet, region).RunAsync();
                Print(line, Row(
                    $"cut {region.Name}",
                    line.Mismatch,
                    ("unreachable", line.UnreachableMs),
                    ("ended", line.EndedMs.Count == 0 ? null : line.EndedMs.Values.Max()),
                    ("removed", line.RemovedMs),
                    ("works", line.WorksMs),
                    ("healed to whole", line.WholeMs),
                    ("works again", line.WorksAgainMs)));
                mismatches += line.Mismatch is null ? 0 : 1;
                done++;
                if (line.WholeMs is null)
                {
                    break;
                }
            }

            if (arguments.Roams && fleet.IsWhole)
            {
                var line = await RoamRun.RunAsync(fleet, fleet.Nodes.Last(node => node.Region == fleet.Nodes[2].Region));
                Print(line, Row($"roam {line.Node}", line.Mismatch, ("unreachable for", line.UnreachableFor), ("works", line.WorksMs)));
                mismatches += line.Mismatch is null ? 0 : 1;
                done++;
            }
        }

        var asked = 1 + arguments.Cuts.Count + (arguments.Roams ? 1 : 0);
        var pass = mismatches == 0 && done == asked;
        Print(
            new
            {
                kind = "summary",
                bench = "region",
                pass,
                naming = arguments.IsNamedByMeshAddress ? "mesh" : "endpoint",
                runs = done,
                asked,
                mismatches,
                formedMs = formed.FormedMs,
            },
            pass ? "all as it should be" : "something is not as it should be");
        return pass;
    }

    private static string Row(string what, string? mismatch, params (string Name, double? Milliseconds)[] figures) => string.Create(
        CultureInfo.InvariantCulture,
        $"{what,-14} {string.Join("  ", figures.Select(figure => $"{figure.Name} {(figure.Milliseconds is { } ms ? $"{ms / 1_000:0.0} s" : "-")}"))}  {mismatch}").TrimEnd();

    private static void Print<T>(T line, string row)
    {
        Console.Out.WriteLine(JsonSerializer.Serialize(line, Json));
        Console.Error.WriteLine(row);
    }
}
