using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using MeshActors.LinkLab.Linux;
using MeshActors.TestKit.Nat;
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
    private const string Usage = "usage: nat-lab.sh kinds [NAME...]";

    /// <summary>Tells which names the namespaces get; the script that deletes them afterwards sets it.</summary>
    private const string NameVariable = "MESH_LAB_NAME";

    private static int Main(string[] arguments)
    {
        if (arguments is not ["kinds", .. var names] || names.Any(name => NatKinds.Matrix.All(kind => kind.Name != name)))
        {
            Console.Error.WriteLine($"{Usage}\nkinds: {string.Join(", ", NatKinds.Matrix)}");
            return 2;
        }

        try
        {
            return MeasureKinds(names.Length == 0 ? NatKinds.Matrix : [.. names.Select(NatKinds.Named)]) ? 0 : 1;
        }
        catch (LinuxCallException failure)
        {
            Console.Error.WriteLine(failure.Message);
            return 3;
        }
    }

    /// <summary>Builds each kind, measures it by packets, and compares it with the simulator's.</summary>
    private static bool MeasureKinds(IReadOnlyList<NatKind> kinds)
    {
        var name = Environment.GetEnvironmentVariable(NameVariable) ?? $"natlab{Environment.ProcessId}";
        var mismatches = new List<string>();
        foreach (var kind in kinds)
        {
            using var internet = new LabInternet(name);
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

    private static void Print<T>(T line) => Console.Out.WriteLine(JsonSerializer.Serialize(line));
}
