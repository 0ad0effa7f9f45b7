using System.Collections.Generic;
using System.Linq;
using MeshActors.RegionLab.Nodes;

namespace MeshActors.RegionLab.Runs;

/// <summary>When which instance of an actor ran that may run once in the cluster, from what all nodes told.</summary>
internal static class OnceRecord
{
    /// <summary>Pairs of instances of the same actor that ran at the same time.</summary>
    /// <param name="events">Of all nodes, in any order.</param>
    /// <returns>For each: the actor, and for how many milliseconds at least.</returns>
    public static IReadOnlyList<(string Actor, double Milliseconds)> Overlaps(IEnumerable<NodeEvent> events)
    {
        var overlaps = new List<(string, double)>();
        var actors = events
            .Where(happened => happened.Kind is NodeEvent.Runs or NodeEvent.Stopped)
            .GroupBy(happened => happened.Actor!);
        foreach (var actor in actors)
        {
            // From its first word to its last: what it was silent about before and after cannot be held against it.
            var spans = actor
                .GroupBy(happened => happened.Instance)
                .Select(instance => (From: instance.Min(happened => happened.At), To: instance.Max(happened => happened.At)))
                .OrderBy(span => span.From)
                .ToList();
            for (var index = 1; index < spans.Count; index++)
            {
                var until = spans.Take(index).Max(span => span.To);
                if (until > spans[index].From)
                {
                    overlaps.Add((actor.Key, (until - spans[index].From) / 1e6));
                }
            }
        }

        return overlaps;
    }
}
