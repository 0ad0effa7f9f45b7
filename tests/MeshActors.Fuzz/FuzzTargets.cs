using System.Collections.Immutable;
using System.Linq;
using MeshActors.Fuzz.Targets;

namespace MeshActors.Fuzz;

/// <summary>All that is fuzzed.</summary>
internal static class FuzzTargets
{
    public static readonly ImmutableArray<FuzzTarget> All =
    [
        WireTargets.VarInts,
        WireTargets.PacketHeaders,
        WireTargets.Frames,
        AckRangesTarget.Target,
        HandshakesTarget.Target,
        PacketTarget.Target,
        StreamsTarget.Target,
        TunnelsTarget.Target,
        PathTargets.Sizes,
        PathReaders.Candidates,
        PathReaders.Agent,
        PunchReaders.Messages,
        CongestionTarget.Target,
        HandshakeReaders.Datagrams,
        HandshakeReaders.Certificates,
        RelayReaders.Frames,
        TextReaders.MeshAddresses,
        TextReaders.Endpoints,
        TextReaders.FleetSecrets,
        TextReaders.Settings,
        FileReaders.IdentityFiles,
        FileReaders.Hellos,
        AssociationReaders.Companions,
        StunTargets.Messages,
        StunTargets.Behaviours,
        GatewayTargets.Mappings,
        UpnpTarget.Target,
        MessageReaders.Tasks,
        MessageReaders.Directory,
        MessageReaders.Schemas,
        WebSocketTargets.Upgrades,
        WebSocketTargets.Messages,
    ];

    public static FuzzTarget? Find(string? name) => All.SingleOrDefault(target => target.Name == name);
}
