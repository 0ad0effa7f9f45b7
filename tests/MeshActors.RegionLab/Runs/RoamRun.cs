using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using MeshActors.RegionLab.Nodes;
using MeshActors.Transport.Time;

namespace MeshActors.RegionLab.Runs;

/// <summary>A node's host gets another address while the cluster works: it stays a member, and is not taken out.</summary>
internal static class RoamRun
{
    private const int NewNumber = 77;
    private const long Second = 1_000_000_000;
    private static readonly TimeSpan Watch = TimeSpan.FromSeconds(30);

    /// <param name="fleet">All nodes, a whole cluster.</param>
    /// <param name="node">Which changes its address.</param>
    public static async Task<RoamLine> RunAsync(RegionFleet fleet, NodeProcess node)
    {
        var before = fleet.Nodes.Select(one => one.Up!.Self!).ToList();
        var at = NodeOutput.Now;
        var (from, to) = fleet.Move(node, NewNumber);
        await Task.Delay(Watch, Clock.System.Provider);
        var line = new RoamLine(
            "roam",
            node.Name,
            from,
            to,
            Math.Round(fleet.Nodes.Sum(one => UnreachableFor(one, at))),
            WorksAt(fleet, at) is { } works ? Math.Round((works - at) / 1e6) : null,
            [.. OnceRecord.Overlaps(fleet.Events).Select(twice => $"{twice.Actor} {twice.Milliseconds:0}")],
            null);
        var isRemoved = fleet.Events.Any(happened =>
            happened.Kind == NodeEvent.Cluster && happened.At > at && happened.Members.Count != before.Count);
        return line with
        {
            Mismatch = !fleet.Nodes.Select(one => one.Up?.Self).SequenceEqual(before) ? "a node ended"
                : isRemoved ? "a node was removed"
                : !fleet.IsWhole ? "not all are up and reachable at the end"
                : line.WorksMs is null ? "not all entities and the singleton answer everywhere"
                : line.Twice.Count > 0 ? "an actor ran twice at the same time"
                : null,
        };
    }

    private static double UnreachableFor(NodeProcess node, long after)
    {
        long? since = null;
        var sum = 0L;
        foreach (var view in node.Events.Where(happened => happened.Kind == NodeEvent.Cluster && happened.At > after))
        {
            var isBad = view.Members.Any(member => member.EndsWith(" unreachable", StringComparison.Ordinal));
            if (isBad)
            {
                since ??= view.At;
            }
            else if (since is { } begun)
            {
                sum += view.At - begun;
                since = null;
            }
        }

        return (sum + (since is { } open ? NodeOutput.Now - open : 0)) / 1e6;
    }

    /// <summary>When every node had heard all within one second that began after the change, and has since.</summary>
    private static long? WorksAt(RegionFleet fleet, long after)
    {
        var lasts = new List<long>();
        foreach (var node in fleet.Nodes)
        {
            var heard = node.Events.Where(happened => happened.Kind == NodeEvent.Heard && happened.At > after + Second).ToList();
            var broken = heard.FindLastIndex(happened => happened.Answered.Count != AskingActor.Entities + 1);
            if (broken == heard.Count - 1)
            {
                return null;
            }

            lasts.Add(heard[broken + 1].At);
        }

        return lasts.Max();
    }
}
