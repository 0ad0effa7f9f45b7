using System.Collections.Immutable;
using System.Linq;
using MeshActors.Capabilities;
using MeshActors.Discovery;

namespace MeshActors.Peers;

/// <summary>What a person may do when nobody can do what was asked for, in one line.</summary>
internal static class CandidateHint
{
    public static string For(RecordQuestion question, ImmutableArray<string> similar, bool stale, int excluded)
    {
        if (stale)
        {
            return "No backbone answers and this node remembers nobody: check that one runs, its endpoint and its root key.";
        }

        if (excluded > 0)
        {
            return $"Every node that offers {question.Capability} was tried.";
        }

        if (!similar.IsEmpty)
        {
            return $"Nobody offers {question.Capability}; somebody offers {string.Join(", ", similar)}.";
        }

        return question.Filter.Equals(CapabilityFilter.Any)
            ? $"Nobody offers {question.Capability}: start a node with an agent that serves it."
            : $"Nobody offers {question.Capability} with {Describe(question.Filter)}: ask for less, or start such a node.";
    }

    private static string Describe(CapabilityFilter filter)
    {
        string?[] wishes =
        [
            filter.Version is { } version ? $"version {version}" : null,
            filter.Tags.Count > 0 ? $"tags {string.Join(", ", filter.Tags)}" : null,
            filter.Region is { } region ? $"region {region}" : null,
            filter.MinUptime > 0 ? "that uptime" : null,
        ];
        return string.Join(" and ", wishes.OfType<string>());
    }
}
