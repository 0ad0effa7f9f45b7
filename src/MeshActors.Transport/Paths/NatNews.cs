using System.Collections.Immutable;
using System.Linq;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Stun;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Paths;

/// <summary>What of the NATs before this node is worth a word: how they behave, which ports gateways map, where relays see it. Told once for each change.</summary>
internal sealed class NatNews
{
    private LocalCandidates _known = LocalCandidates.None;
    private LocalCandidates _told = LocalCandidates.None;

    /// <summary>How the NATs behave, null while that is not known.</summary>
    public NatBehaviour? Behaviour => _known.Behaviour;

    /// <summary>Public endpoints that gateways map to this node.</summary>
    public ImmutableArray<UdpEndpoint> Mapped => Of(_known, CandidateKind.Mapped);

    /// <summary>Where relays see this node.</summary>
    public ImmutableArray<UdpEndpoint> Seen => Of(_known, CandidateKind.Reflexive);

    /// <summary>Takes where this node may be reached now.</summary>
    public void Handle(LocalCandidates candidates) => _known = candidates;

    /// <summary>Hands out the next thing that is not as it was told last. Call until it returns null.</summary>
    public NatNewsKind? Poll()
    {
        if (_known.Behaviour is { } behaviour && !IsLike(behaviour, _told.Behaviour))
        {
            _told = _told with { Behaviour = behaviour };
            return NatNewsKind.Behaviour;
        }

        // A network that is asked about anew is told of again only when it behaves otherwise.
        var before = Of(_told, CandidateKind.Mapped);
        var others = !Seen.SequenceEqual(Of(_told, CandidateKind.Reflexive));
        _told = _told with { Candidates = Mapped.SequenceEqual(before) ? _known.Candidates : KeepSeen(_told, _known) };
        return !Mapped.SequenceEqual(before) ? (Mapped.IsEmpty ? NatNewsKind.MappingLost : NatNewsKind.Mapped)
            : others ? NatNewsKind.Seen
            : null;
    }

    /// <summary>Ports come out a little otherwise each time, and hairpin is known later than the rest: that is no news.</summary>
    private static bool IsLike(NatBehaviour behaviour, NatBehaviour? told) =>
        told is { } before
        && (before.Mapping, before.Filtering, before.Ports.Pattern, before.Flags & ~NatFlags.Hairpin)
        == (behaviour.Mapping, behaviour.Filtering, behaviour.Ports.Pattern, behaviour.Flags & ~NatFlags.Hairpin);

    /// <summary>Mappings as they are, the rest as it was told.</summary>
    private static ImmutableArray<(CandidateKind Kind, UdpEndpoint Endpoint)> KeepSeen(LocalCandidates told, LocalCandidates known) =>
    [
        .. told.Candidates.Where(candidate => candidate.Kind != CandidateKind.Mapped),
        .. known.Candidates.Where(candidate => candidate.Kind == CandidateKind.Mapped),
    ];

    private static ImmutableArray<UdpEndpoint> Of(LocalCandidates candidates, CandidateKind kind) =>
        [.. candidates.Candidates.Where(candidate => candidate.Kind == kind).Select(candidate => candidate.Endpoint)];
}

/// <summary>What changed.</summary>
internal enum NatNewsKind
{
    /// <summary>It is known how the NATs behave, or they behave otherwise.</summary>
    Behaviour,

    /// <summary>A gateway maps a port to this node, or another one.</summary>
    Mapped,

    /// <summary>No gateway maps a port any more.</summary>
    MappingLost,

    /// <summary>Relays see this node somewhere else.</summary>
    Seen,
}
