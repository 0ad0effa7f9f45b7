using System.Collections.Immutable;
using MeshActors.Capabilities;
using MeshActors.Transport.Identity;

namespace MeshActors.Discovery;

/// <summary>What a node publishes about itself and its agents.</summary>
/// <param name="Peer">Who it is and where it may be reached.</param>
/// <param name="Region">Where it is, kebab-case; null when it does not say.</param>
/// <param name="Sequence">Grows with every change, over restarts too: of two records of a node the higher is newer.</param>
/// <param name="Capabilities">What its agents can do; in an answer, only what was asked for.</param>
internal sealed record NodeRecord(
    PeerRecord Peer, string? Region, ulong Sequence, ImmutableArray<CapabilityDescriptor> Capabilities)
{
    public RecordKey Key => new(Peer.Address, Peer.Root);
}
