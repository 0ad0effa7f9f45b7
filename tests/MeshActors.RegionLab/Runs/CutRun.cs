using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using MeshActors.Clusters;
using MeshActors.RegionLab.Network;
using MeshActors.RegionLab.Nodes;
using MeshActors.Transport.Time;

namespace MeshActors.RegionLab.Runs;

/// <summary>One region is cut off for half a minute and healed: the majority goes on, the nodes of the region end with 75, are started again, and wait; afterwards all are one cluster.</summary>
internal sealed class CutRun
{
    private const double MostHealingMs = 30_000;
    private const long Second = 1_000_000_000;
    private static readonly TimeSpan Cut = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan WorksWithin = TimeSpan.FromSeconds(30);

    /// <summary>Longest time in which something that runs says so.</summary>
    private static readonly long Lately = (long)(5 * OnceActor.Interval).TotalNanoseconds;

    private readonly RegionFleet _fleet;
    private readonly LabRegion _region;
    private readonly List<NodeProcess> _lost;
    private readonly List<NodeProcess> _others;

    public CutRun(RegionFleet fleet, LabRegion region)
    {
        _fleet = fleet;
        _region = region;
        _lost = [.. fleet.Nodes.Where(node => node.Region == region.Name)];
        _others = [.. fleet.Nodes.Except(_lost)];
    }

    public async Task<CutLine> RunAsync()
    {
        var hasSome = await RegionFleet.UntilAsync(() => Lost(NodeOutput.Now) > 0, Patience) is not null;
        var staying = _others.Select(node => node.Up!.Self!).Order(StringComparer.Ordinal).ToList();
        var cutAt = NodeOutput.Now;
        var lost = Lost(cutAt);
        _fleet.Network.Cut(_region);
        await Task.Delay(Cut, Clock.System.Provider);
        var removedAt = _others.Select(node => FirstView(node, cutAt, view => view.Order(StringComparer.Ordinal).SequenceEqual(staying))).ToList();
        var ended = Ended(_fleet.Nodes, cutAt);
        var seenAlone = _lost.Any(node => node.View is { Members.Count: > 0 });
        _fleet.Network.Heal(_region);
        var healedAt = NodeOutput.Now;
        var isWhole = await RegionFleet.UntilAsync(() => _fleet.IsWhole, Patience) is not null;
        var wholeAt = isWhole ? _fleet.Nodes.Max(node => node.View!.At) : healedAt;
        var worksAgain = await RegionFleet.UntilAsync(() => RegionFleet.HasHeardAll(_fleet.Nodes, wholeAt), WorksWithin);
        var line = new CutLine(
            "cut",
            _region.Name,
            Since(cutAt, _others.Select(node => FirstView(node, cutAt, view => view.Any(word => word.EndsWith(" unreachable", StringComparison.Ordinal)))).Min()),
            ended,
            Since(cutAt, removedAt.Any(at => at is null) ? null : removedAt.Max()),
            lost,
            Since(cutAt, WorksAt(removedAt)),
            isWhole ? Math.Round(Math.Max(0, (wholeAt - healedAt) / 1e6)) : null,
            worksAgain is { } ms ? Math.Round(ms) : null,
            [.. OnceRecord.Overlaps(_fleet.Events).Select(twice => $"{twice.Actor} {twice.Milliseconds:0}")],
            null);
        return line with { Mismatch = hasSome ? Mismatch(line, seenAlone) : "nothing ran in the region" };
    }

    /// <summary>How many actors have lately said that they run in the region.</summary>
    private int Lost(long now) => _lost
        .SelectMany(node => node.Events)
        .Where(happened => happened.Kind == NodeEvent.Runs && happened.At > now - Lately && happened.At <= now)
        .Select(happened => happened.Actor)
        .Distinct()
        .Count();

    private static double? Since(long begin, long? end) => end is { } at ? Math.Round((at - begin) / 1e6) : null;

    private static long? FirstView(NodeProcess node, long after, Func<IReadOnlyList<string>, bool> isSo) => node.Events
        .Where(happened => happened.Kind == NodeEvent.Cluster && happened.At > after && isSo(happened.Members))
        .Select(happened => (long?)happened.At)
        .FirstOrDefault();

    /// <summary>Nodes that ended after the cut, and when each first did.</summary>
    private static Dictionary<string, double> Ended(IEnumerable<NodeProcess> nodes, long after) => nodes
        .SelectMany(node => node.Ends.Where(end => end.At > after).Take(1).Select(end => (node.Name, end.At)))
        .ToDictionary(end => end.Name, end => Math.Round((end.At - after) / 1e6));

    /// <summary>When all of the others had heard all in one second, after the members of the region were removed; null when they had not.</summary>
    private long? WorksAt(List<long?> removedAt)
    {
        if (removedAt.Any(at => at is null))
        {
            return null;
        }

        var after = removedAt.Max()!.Value;
        var firsts = _others.Select(node => node.Events
            .Where(happened => happened.Kind == NodeEvent.Heard && happened.At > after + Second && happened.Answered.Count == AskingActor.Entities + 1)
            .Select(happened => (long?)happened.At)
            .FirstOrDefault()).ToList();
        return firsts.Any(at => at is null) ? null : firsts.Max();
    }

    private string? Mismatch(CutLine line, bool seenAlone)
    {
        var wrongEnd = _fleet.Nodes.SelectMany(node => node.Ends).FirstOrDefault(end => end.Code != MeshCluster.StartAgainExitCode);
        return wrongEnd.At != 0 ? $"a node ended with {wrongEnd.Code}"
            : !line.EndedMs.Keys.Order().SequenceEqual(_lost.Select(node => node.Name).Order()) ? "the nodes that ended are not those of the region"
            : line.RemovedMs is null ? "the others did not remove the nodes of the region before it healed"
            : seenAlone ? "a node that was started again formed a cluster behind the cut"
            : line.Twice.Count > 0 ? "an actor ran twice at the same time"
            : line.WholeMs is null or > MostHealingMs ? $"not whole within {MostHealingMs:0} ms of healing"
            : line.WorksAgainMs is null ? "not all entities and the singleton answer everywhere"
            : null;
    }
}
