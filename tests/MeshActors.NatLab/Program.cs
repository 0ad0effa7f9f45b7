using System;
using System.Collections.Generic;
using System.Text.Json;
using System.Threading.Tasks;
using MeshActors.LinkLab.Linux;
using MeshActors.NatLab.Matrix;
using MeshActors.NatLab.Nodes;
using MeshActors.TestKit.Nat;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Time;

namespace MeshActors.NatLab;

/// <summary>The NAT laboratory: hosts behind NATs that Linux itself plays, in network namespaces.</summary>
/// <remarks>
/// JSON lines on standard output, the last is the summary. Exit code 0: everything is as it should be; 1: something is not; 2: the command line is
/// wrong; 3: the machine cannot run it.
/// </remarks>
internal static class Program
{
    /// <summary>Rounds in which both sides of a pair send; the first may be lost on either side.</summary>
    private const int Rounds = 6;

    /// <summary>Who hears the other in so many of them can be talked to.</summary>
    private const int EnoughRounds = 3;

    /// <summary>Tells which names the namespaces get; the script that deletes them afterwards sets it.</summary>
    private const string NameVariable = "MESH_LAB_NAME";

    private static async Task<int> Main(string[] words)
    {
        if (words is [NodeProgram.Verb])
        {
            return await NodeProgram.RunAsync(Console.In);
        }

        if (LabArguments.Parse(words, out var error) is not { } arguments)
        {
            Console.Error.WriteLine($"{error}\n{LabArguments.Usage}\nkinds: {string.Join(", ", NatKinds.Matrix)}");
            return 2;
        }

        try
        {
            var isRight = arguments.Verb switch
            {
                "kinds" => MeasureKinds(arguments.Kinds),
                "pairs" => TryPairs(arguments.Kinds),
                "cuts" => await CutProgram.RunAsync(Name, arguments),
                _ => await MatrixProgram.RunAsync(Name, arguments),
            };
            return isRight ? 0 : 1;
        }
        catch (LinuxCallException failure)
        {
            Console.Error.WriteLine(failure.Message);
            return 3;
        }
    }

    private static string Name => Environment.GetEnvironmentVariable(NameVariable) ?? $"natlab{Environment.ProcessId}";

    /// <summary>Builds each kind, measures it by packets, and compares it with the simulator's.</summary>
    private static bool MeasureKinds(IReadOnlyList<NatKind> kinds)
    {
        var mismatches = new List<string>();
        foreach (var kind in kinds)
        {
            using var internet = new LabInternet(Name);
            var host = internet.Connect("host", kind);
            using var prober = new BehaviourProber(internet, host.Place);
            var measured = prober.Measure();
            using var stun = new StunProber(internet, host.Place, Clock.System);
            var discovered = stun.Discover(UdpEndpoint.From(host.Address, 1));
            var mismatch = KindCheck.Mismatch(kind, measured) ?? KindCheck.Mismatch(measured, discovered);
            if (mismatch is not null)
            {
                mismatches.Add(kind.Name);
            }

            Print(new KindLine(
                "nat",
                kind.Name,
                measured?.Mapping.ToString(),
                measured?.Filtering.ToString(),
                measured?.Ports.ToString(),
                measured?.Hairpin,
                discovered.ToString(),
                mismatch));
        }

        Print(new { kind = "summary", bench = "nat-kinds", pass = mismatches.Count == 0, kinds = kinds.Count, mismatches });
        return mismatches.Count == 0;
    }

    /// <summary>Builds each pair, and sees whether plain datagrams come through exactly where the oracle says that they can without guessing.</summary>
    private static bool TryPairs(IReadOnlyList<NatKind> kinds)
    {
        var (pairs, mismatches) = (0, 0);
        for (var a = 0; a < kinds.Count; a++)
        {
            for (var b = a; b < kinds.Count; b++)
            {
                var random = new SimRandom(1);
                var oracle = DirectPathOracle.DirectPathPossible(kinds[a].Create(random), kinds[b].Create(random));
                var found = IsFound(kinds[a], kinds[b]);
                var isMismatch = found != (oracle == DirectPath.Yes);
                pairs++;
                mismatches += isMismatch ? 1 : 0;
                Print(new PairLine("pair", kinds[a].Name, kinds[b].Name, oracle.ToString(), found, isMismatch));
            }
        }

        Print(new { kind = "summary", bench = "nat-pairs", pass = mismatches == 0, pairs, mismatches });
        return mismatches == 0;
    }

    private static bool IsFound(NatKind kindA, NatKind kindB)
    {
        using var internet = new LabInternet(Name);
        using var server = internet.Serve(LabInternet.Servers[0], BehaviourProber.ServerPort);
        using var a = new PlainPeer(internet.Connect("a", kindA).Place, server, own: 1);
        using var b = new PlainPeer(internet.Connect("b", kindB).Place, server, own: 2);
        if (a.Foretell() is not { } outsideA || b.Foretell() is not { } outsideB)
        {
            return false;
        }

        for (var round = 0; round < Rounds; round++)
        {
            a.Send(outsideB);
            b.Send(outsideA);
            a.Hear();
            b.Hear();
        }

        return a.RoundsHeard >= EnoughRounds && b.RoundsHeard >= EnoughRounds;
    }

    /// <summary>Prints a line of JSON.</summary>
    public static void Print<T>(T line) => Console.Out.WriteLine(JsonSerializer.Serialize(line));
}
