using System;
using System.Linq;
using System.Threading.Tasks;
using MeshActors.RegionLab.Nodes;

namespace MeshActors.RegionLab.Runs;

/// <summary>Five nodes are started at once: they form one cluster, entities and the singleton answer everywhere.</summary>
internal static class FormRun
{
    private const double MostFormingMs = 10_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan WorksWithin = TimeSpan.FromSeconds(30);

    public static async Task<FormLine> RunAsync(RegionFleet fleet)
    {
        if (await RegionFleet.UntilAsync(() => fleet.IsWhole, Patience) is null)
        {
            var views = fleet.Nodes.Select(node => $"{node.Name} sees {string.Join(", ", node.View?.Members ?? [])}");
            return new FormLine("form", null, null, null, [], $"no cluster of all nodes: {string.Join("; ", views)}");
        }

        // The processes' own clocks, which are one: when the last one listened, and when the last one saw all.
        var formedAt = fleet.Nodes.Max(node => node.View!.At);
        var formed = (formedAt - fleet.Nodes.Max(node => node.Up!.At)) / 1e6;
        var sinceStart = (formedAt - fleet.Nodes.Min(node => node.StartedAt)) / 1e6;
        var works = await RegionFleet.UntilAsync(() => RegionFleet.HasHeardAll(fleet.Nodes, formedAt), WorksWithin);
        var checks = await Task.WhenAll(fleet.Nodes.Select(node => node.CheckAsync()));
        var health = checks
            .SelectMany(check => check?.Health?.Select(entry => $"{entry.Key} {entry.Value}") ?? ["none"])
            .Distinct()
            .Order(StringComparer.Ordinal)
            .ToList();
        return new FormLine(
            "form",
            Math.Round(formed),
            Math.Round(sinceStart),
            works is { } ms ? Math.Round(ms) : null,
            health,
            Mismatch(fleet, formed, works, checks));
    }

    private static string? Mismatch(RegionFleet fleet, double formed, double? works, NodeEvent?[] checks)
    {
        var twice = OnceRecord.Overlaps(fleet.Events);
        return formed > MostFormingMs ? $"formed in {formed:0} ms, at most {MostFormingMs:0}"
            : works is null ? "not all entities and the singleton answer everywhere"
            : twice.Count > 0 ? $"{twice[0].Actor} ran twice at the same time"
            : checks.Any(check => check?.Health?["mesh-cluster"] != "Healthy" || check.Health["mesh-transport"] != "Healthy")
            ? "a node's health check does not say that it is up"
            : null;
    }
}
