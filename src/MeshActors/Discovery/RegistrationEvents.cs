using System.Collections.Immutable;
using MeshActors.Transport.Addressing;
using MeshActors.Wire;

namespace MeshActors.Discovery;

/// <summary>What <see cref="RegistrationClient"/> tells its owner.</summary>
internal abstract record RegistrationEvent;

/// <summary>The backbone holds the record as published.</summary>
/// <param name="Observed">Where the backbone sees the node, when it says so.</param>
internal sealed record LeaseGranted(UdpEndpoint? Observed) : RegistrationEvent;

/// <summary>The backbone does not take the record; it is offered again later.</summary>
internal sealed record LeaseRefused(DirectoryRefusalCode Code) : RegistrationEvent;

/// <summary>The backbone holds a record of this node with a sequence that is not below ours.</summary>
internal sealed record SequenceBehind(ulong Sequence) : RegistrationEvent;

/// <summary>The backbone is away; it is looked for until it is back.</summary>
internal sealed record BackboneAway : RegistrationEvent;

/// <summary>The node's record is out of the directory, as far as we can do that.</summary>
internal sealed record DirectoryLeft : RegistrationEvent;

/// <summary>A question was answered.</summary>
internal sealed record QuestionAnswered(
    ulong Question, ImmutableArray<RecordMatch> Matches, ImmutableArray<string> Similar) : RegistrationEvent;

/// <summary>A question will not be answered: the backbone is away, too slow, or does not take it.</summary>
internal sealed record QuestionFailed(ulong Question) : RegistrationEvent;
