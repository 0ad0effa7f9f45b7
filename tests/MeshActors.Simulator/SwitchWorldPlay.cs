using System;
using System.Collections.Generic;
using System.Text.Json;
using MeshActors.TestKit.Nat;

namespace MeshActors.Simulator;

/// <summary>Plays changes between relay and direct path at 10 Mbit/s: <c>switch [--seeds N] [--seed S]</c>; a line for each seed that failed, then the summary.</summary>
internal static class SwitchWorldPlay
{
    public static int Play(SimulatorArguments arguments)
    {
        var failed = new List<ulong>();
        for (var i = 0; i < arguments.Seeds; i++)
        {
            var seed = unchecked(arguments.FirstSeed + (ulong)i);
            if (NatSwitchRun.Run(seed) is { } failure)
            {
                failed.Add(seed);
                Print(new { kind = "seed", seed, failure });
            }
        }

        Print(new { kind = "summary", bench = "simulate", pass = failed.Count == 0, world = arguments.World, seeds = arguments.Seeds, failures = failed.Count, failedSeeds = failed });
        return failed.Count == 0 ? 0 : 1;
    }

    private static void Print<T>(T line) => Console.Out.WriteLine(JsonSerializer.Serialize(line));
}
