using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using MeshActors.Benchmarks.Runs;

namespace MeshActors.Benchmarks.Remoting;

/// <summary><c>bench akka</c>: Akka.Remote over the mesh, over TCP and over TLS, by turns.</summary>
internal static class RemotingRun
{
    private static readonly int[] Clients = [1, 10, 30];
    private static readonly int[] ShortClients = [2];

    /// <returns>Exit code 0 when everything was measured and what arrived was what was sent, else 1.</returns>
    public static async Task<int> RunAsync(BenchArguments arguments)
    {
        Lines.Print(RunEnvironment.Of(
            BenchArguments.AkkaBench, arguments.Commit, arguments.Network, arguments.Seconds, arguments.Alternations));
        var kinds = new List<RemotingProcesses>();
        var turns = new List<RemotingLine>();
        try
        {
            var secret = FreshSecret.Text();
            foreach (var kind in Enum.GetValues<RemotingKind>())
            {
                kinds.Add(await RemotingProcesses.StartAsync(kind, secret));
            }

            // Turn 0 is for compilers and caches.
            for (var alternation = 0; alternation <= arguments.Alternations; alternation++)
            {
                foreach (var load in Loads(arguments))
                {
                    foreach (var kind in kinds)
                    {
                        var line = await load(kind, alternation);
                        if (alternation > 0)
                        {
                            turns.Add(line);
                            Lines.Print(line);
                        }
                    }
                }
            }
        }
        finally
        {
            foreach (var kind in kinds)
            {
                await kind.DisposeAsync();
            }
        }

        foreach (var same in turns.GroupBy(turn => (turn.Name, turn.Clients, turn.Transport)))
        {
            Lines.Print(RemotingLine.MedianOf([.. same]));
        }

        var summary = RemotingSummary.Of(turns);
        Lines.Print(summary);
        return summary.Faults == 0 ? 0 : 1;
    }

    private static IEnumerable<Func<RemotingProcesses, int, Task<RemotingLine>>> Loads(BenchArguments arguments)
    {
        if (arguments.Includes(RemotingLine.PingPong))
        {
            foreach (var clients in arguments.IsShort ? ShortClients : Clients)
            {
                yield return (kind, alternation) => kind.PingPongAsync(clients, arguments.Seconds, alternation);
            }
        }

        if (arguments.Includes(RemotingLine.Ask))
        {
            yield return (kind, alternation) => kind.AskAsync(arguments.Seconds, alternation);
        }

        if (arguments.Includes(RemotingLine.Bulk))
        {
            yield return (kind, alternation) => kind.BulkAsync(arguments.Seconds, alternation);
        }

        // A second has one heartbeat: this load wants a minute, so it is measured only when it is asked for.
        if (arguments.Only.Contains(RemotingLine.Heartbeats))
        {
            yield return (kind, alternation) => kind.HeartbeatsAsync(arguments.Seconds, alternation);
        }

        // What its asks take is a matter of two parts, and no goal: measured when it is asked for.
        if (arguments.Only.Contains(RemotingLine.AsksBesideBulk))
        {
            yield return (kind, alternation) => kind.AsksBesideBulkAsync(arguments.Seconds, alternation);
        }
    }
}
