using System.Collections.Immutable;
using Akka.Actor;
using MeshActors.Capabilities;
using MeshActors.Transport.Addressing;
using MeshActors.Wire;

namespace MeshActors.Discovery;

/// <summary>Tells <see cref="DiscoveryActor"/> what this node's agents can do; published at once. Until the first one the node only asks.</summary>
/// <param name="Descriptors">All of them, at most 32.</param>
internal sealed record DescriptorsChanged(ImmutableArray<CapabilityDescriptor> Descriptors)
    : INoSerializationVerificationNeeded;

/// <summary>Asks <see cref="DiscoveryActor"/> to ask all backbones; answered by <see cref="RecordsFound"/> within 2 s.</summary>
internal sealed record FindRecords(RecordQuestion Question) : INoSerializationVerificationNeeded;

/// <summary>The answer to <see cref="FindRecords"/>.</summary>
/// <param name="Question">What was asked.</param>
/// <param name="Matches">At most 64.</param>
/// <param name="Similar">Names near the one asked for, when nobody offers that one.</param>
/// <param name="Answered">False when no backbone answered.</param>
internal sealed record RecordsFound(
    RecordQuestion Question, ImmutableArray<RecordMatch> Matches, ImmutableArray<string> Similar, bool Answered)
    : INoSerializationVerificationNeeded;

/// <summary>Tells <see cref="DiscoveryActor"/> that the node ends: it is taken out of all directories; answered by <see cref="DirectoriesLeft"/>.</summary>
internal sealed record LeaveDirectories
{
    public static readonly LeaveDirectories Instance = new();
}

/// <summary>No backbone that can be reached names this node any more.</summary>
internal sealed record DirectoriesLeft
{
    public static readonly DirectoriesLeft Instance = new();
}

/// <summary>Published to the event stream: a backbone holds this node's record as it is now.</summary>
/// <param name="Backbone">Its configured name.</param>
/// <param name="Observed">Where it sees this node, when it says so.</param>
internal sealed record Registered(string Backbone, UdpEndpoint? Observed);

/// <summary>Published to the event stream: a backbone that was there is away.</summary>
internal sealed record BackboneLost(string Backbone);

/// <summary>Published to the event stream: another root key holds this node's address; the node must take the next salt.</summary>
internal sealed record AddressTaken(string Backbone);

/// <summary>Published to the event stream: a backbone does not take this node's record, for another reason.</summary>
internal sealed record RegistrationRefused(string Backbone, DirectoryRefusalCode Code);

/// <summary>Asks <see cref="DiscoveryActor"/> for its <see cref="DiscoveryStatus"/>.</summary>
internal sealed record DiscoveryStatusRequested
{
    public static readonly DiscoveryStatusRequested Instance = new();
}

/// <summary>How the node stands with its backbones, in the order of the settings.</summary>
internal sealed record DiscoveryStatus(ImmutableArray<BackboneLinkStatus> Backbones);

/// <summary>How the node stands with one backbone.</summary>
/// <param name="Backbone">Its configured name.</param>
/// <param name="Connected">It can be asked.</param>
/// <param name="IsRegistered">It holds the record published last.</param>
internal sealed record BackboneLinkStatus(string Backbone, bool Connected, bool IsRegistered);
