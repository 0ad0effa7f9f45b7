using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text.Json;
using MeshActors.TestKit.Simulation;

namespace MeshActors.Simulator;

/// <summary>Plays seeds of a world and prints one JSON object per line; the last is the summary.</summary>
/// <remarks>Exit code 0: every seed held; 1: some failed; 2: the command line is wrong.</remarks>
internal static class Program
{
    private const string PairWorld = "pair";
    private const string CongestionName = "congestion";
    private const string NatName = "nat";
    private const string MeshName = "mesh";
    private const string SwitchName = "switch";

    private static int Main(string[] arguments)
    {
        if (arguments is [CongestionName, ..])
        {
            return CongestionWorld.Play(arguments[1..]);
        }

        var parsed = SimulatorArguments.Parse(arguments, out var error);
        if (parsed is { World: NatName })
        {
            return parsed.Matrix ? NatMatrix.Play(parsed.FirstSeed, parsed.Seeds) : NatWorldPlay.Play(parsed);
        }

        if (parsed is { World: SwitchName })
        {
            return SwitchWorldPlay.Play(parsed);
        }

        if (parsed is { World: MeshName })
        {
            return MeshWorldPlay.Play(parsed);
        }

        if (parsed is not null && parsed.World != PairWorld)
        {
            error = $"no such world: {parsed.World}";
            parsed = null;
        }

        if (parsed is null)
        {
            Console.Error.WriteLine($"{error}\n{SimulatorArguments.Usage}");
            return 2;
        }

        return Play(parsed);
    }

    private static int Play(SimulatorArguments arguments)
    {
        var failed = new List<ulong>();
        var elapsed = TimeSpan.Zero;
        var messages = 0L;
        var hash = 0ul;
        for (var i = 0; i < arguments.Seeds; i++)
        {
            var seed = unchecked(arguments.FirstSeed + (ulong)i);
            var result = TunnelPair.Run(seed, arguments.Trace);
            elapsed += result.Elapsed;
            messages += result.Messages;
            hash = unchecked((hash * 31) + result.TraceHash);
            foreach (var line in result.Trace)
            {
                Print(new { kind = "trace", line });
            }

            if (result.Failure is not null)
            {
                failed.Add(seed);
            }

            if (result.Failure is not null || arguments.Seeds == 1)
            {
                Print(new SeedLine(
                    "seed",
                    seed,
                    result.Failure,
                    result.Messages,
                    result.Packets,
                    Math.Round(result.Elapsed.TotalSeconds, 3),
                    Hex(result.TraceHash)));
            }
        }

        Print(new SummaryLine(
            "summary",
            "simulate",
            failed.Count == 0,
            arguments.World,
            arguments.Seeds,
            failed.Count,
            failed,
            Math.Round(elapsed.TotalHours, 3),
            messages,
            Hex(hash)));
        return failed.Count == 0 ? 0 : 1;
    }

    private static void Print<T>(T line) => Console.Out.WriteLine(JsonSerializer.Serialize(line));

    private static string Hex(ulong hash) => hash.ToString("x16", CultureInfo.InvariantCulture);
}
