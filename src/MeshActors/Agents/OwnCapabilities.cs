using System.Collections.Immutable;
using MeshActors.Capabilities;

namespace MeshActors.Agents;

/// <summary>What this node's own agents serve: written by the actor that supervises them, read by anyone.</summary>
internal sealed class OwnCapabilities
{
    private ImmutableArray<ServedAgent> _agents = [];

    /// <param name="region">Where the node says it is; empty when it says nothing.</param>
    public OwnCapabilities(string region)
    {
        Region = region;
    }

    /// <summary>Where the node says it is; empty when it says nothing.</summary>
    public string Region { get; }

    /// <summary>One entry for each capability of each agent.</summary>
    public ImmutableArray<ServedAgent> Agents => ImmutableInterlocked.InterlockedCompareExchange(ref _agents, [], []);

    public void Replace(ImmutableArray<ServedAgent> agents) => ImmutableInterlocked.InterlockedExchange(ref _agents, agents);

    /// <summary>The newest version of a capability that this node serves and that fits; null when there is none.</summary>
    public CapabilityDescriptor? Find(string capability, CapabilityFilter filter)
    {
        CapabilityDescriptor? best = null;
        if (filter.Region is { } region && region != Region)
        {
            return null;
        }

        foreach (var agent in Agents)
        {
            var descriptor = agent.Served.Descriptor;
            if (descriptor.Name == capability
                && descriptor.Matches(filter)
                && (best is null || best.Version < descriptor.Version))
            {
                best = descriptor;
            }
        }

        return best;
    }
}
