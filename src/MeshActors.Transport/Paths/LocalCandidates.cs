using System;
using System.Collections.Immutable;
using System.Linq;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Stun;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Paths;

/// <summary>Where this node may be reached, as of now.</summary>
/// <param name="Sequence">Grows with each change, from 1; 0 means that nothing is known yet.</param>
/// <param name="Candidates">At most <see cref="CandidatesFrame.MaxCandidates"/>, best first.</param>
internal sealed record LocalCandidates(ulong Sequence, ImmutableArray<(CandidateKind Kind, UdpEndpoint Endpoint)> Candidates)
{
    /// <summary>How the NATs before this node behave, null while that is not known.</summary>
    public NatBehaviour? Behaviour { get; init; }

    /// <summary>How long a direct path may be quiet so that the NATs before this node do not forget it, null while that is not known or does not matter. Peers are not told.</summary>
    public TimeSpan? KeepAlive { get; init; }

    /// <summary>Nothing is known.</summary>
    public static readonly LocalCandidates None = new(0, []);

    /// <summary>True when this node is reached directly from its own machine alone: then its peers are there too.</summary>
    public bool AreOnLoopback { get; } =
        Candidates.Any(candidate => candidate.Endpoint.IsLoopback)
        && Candidates.All(candidate => candidate.Kind == CandidateKind.Relay || candidate.Endpoint.IsLoopback);
}
