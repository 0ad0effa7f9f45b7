using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using MeshActors.Benchmarks.Children;
using MeshActors.Benchmarks.Runs;

namespace MeshActors.Benchmarks.Relays;

/// <summary><c>bench relay</c>: our relay and coturn's by turns, packets for each second of the relay's processor time; then many clients on ours.</summary>
internal static class RelayRun
{
    private const int RelayCore = 0;
    private const int Pairs = 200;
    private const int ShortPairs = 10;
    private const int ManyPairs = 2_500;
    private static readonly int[] Sizes = [100, 600, 1_200];

    /// <returns>Exit code 0 when it was measured, else 1.</returns>
    public static async Task<int> RunAsync(BenchArguments arguments)
    {
        var environment = RunEnvironment.Of(
            BenchArguments.RelayBench, arguments.Commit, arguments.Network, arguments.Seconds, arguments.Alternations);
        Lines.Print(environment with { Pinning = "relays to one core, the load to no core" });
        var pairs = arguments.IsShort ? ShortPairs : Pairs;
        var count = arguments.IsShort ? 20 : Math.Max(20, (int)(arguments.Seconds * 125));
        var lines = new List<RelayLine>();
        await using var relay = ChildLink.Start(ChildRoles.Relay, ChildPlace.Loopback with { Core = RelayCore });
        using var own = await OwnPairs.OpenAsync(relay, pairs);
        await relay.AskAsync(new ChildCommand { Verb = ChildVerb.Begin });
        using (var server = await TurnServer.StartAsync(RelayCore))
        using (var turn = new TurnPairs(server.Endpoint, pairs))
        {
            for (var alternation = 0; alternation <= arguments.Alternations; alternation++)
            {
                foreach (var size in Sizes)
                {
                    var ours = Measure(RelayLine.Ours, own, size, count, alternation, relay.ProcessId);
                    var theirs = Measure(RelayLine.Coturn, turn, size, count, alternation, server.ProcessId);

                    // The first turn is for compilers and caches.
                    if (alternation > 0)
                    {
                        lines.AddRange([ours, theirs]);
                        Lines.Print(ours);
                        Lines.Print(theirs);
                    }
                }
            }
        }

        var drops = await relay.AskAsync(new ChildCommand { Verb = ChildVerb.Drops });
        var many = await MeasureManyAsync(arguments.IsShort ? ShortPairs : ManyPairs, count);
        Lines.Print(many);
        Lines.Print(RelaySummary.Of(lines, many, drops.Drops));
        return lines.Sum(line => line.Faults) + many.Faults == 0 ? 0 : 1;
    }

    private static RelayLine Measure(
        string relay, IRelayedPairs pairs, int size, int count, int alternation, int processId)
    {
        var faults = pairs.Faults;
        pairs.Prepare(size, count);
        GC.Collect();
        return RelayLine.Of(relay, size, alternation, PairLoad.Run(pairs, count, processId)) with { Faults = pairs.Faults - faults };
    }

    /// <summary>A relay of its own with many clients: what they cost when idle, and how fast it is then.</summary>
    private static async Task<RelayLine> MeasureManyAsync(int pairs, int count)
    {
        await using var relay = ChildLink.Start(ChildRoles.Relay, ChildPlace.Loopback with { Core = RelayCore });
        await relay.AskAsync(new ChildCommand { Verb = ChildVerb.Begin });
        await relay.AskAsync(new ChildCommand { Verb = ChildVerb.End });
        var before = (await relay.AskAsync(new ChildCommand { Verb = ChildVerb.Memory })).Memory!;
        using var own = await OwnPairs.OpenAsync(relay, pairs);
        var after = (await relay.AskAsync(new ChildCommand { Verb = ChildVerb.Memory })).Memory!;
        await relay.AskAsync(new ChildCommand { Verb = ChildVerb.Begin });
        var each = Math.Max(2, count * Pairs / pairs / 2);
        Measure(RelayLine.Ours, own, 600, each, 0, relay.ProcessId);
        var line = Measure(RelayLine.Ours, own, 600, each, 1, relay.ProcessId);
        return line with
        {
            Kind = "clients",
            Clients = after.Tunnels,
            ManagedBytesPerClient = Measurement.Rounded((after.ManagedBytes - before.ManagedBytes) / (double)after.Tunnels),
            LockedBytesPerClient = Measurement.Rounded((after.LockedBytes - before.LockedBytes) / (double)after.Tunnels),
        };
    }
}
