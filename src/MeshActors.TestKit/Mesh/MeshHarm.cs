namespace MeshActors.TestKit.Mesh;

/// <summary>What happens to a mesh while its nodes talk.</summary>
internal enum MeshHarm
{
    /// <summary>A relay is cut off, and comes back with all it knew.</summary>
    RelayCut,

    /// <summary>A relay is killed, and started anew a while later.</summary>
    RelayRestarts,

    /// <summary>No packet passes between the sites of two nodes.</summary>
    CutBetween,

    /// <summary>None passes one way.</summary>
    CutOneWay,

    /// <summary>The way between two nodes, or from a node to a relay, is cut and mended in quick succession.</summary>
    Flapping,

    /// <summary>A node, and whoever lives at the same site, is cut off.</summary>
    SiteCut,

    /// <summary>Nodes and relays fall into two halves between which nothing passes.</summary>
    Partition,

    /// <summary>The boxes of a node lose all their mappings.</summary>
    NatReboots,

    /// <summary>A node is somewhere else, behind other boxes; it is told, or finds out.</summary>
    NodeMoves,

    /// <summary>A node is killed, and started anew a while later.</summary>
    NodeRestarts,

    /// <summary>Nothing of a node runs for a while; then it is told that its network may have changed, or is not.</summary>
    NodeSleeps,

    /// <summary>The clock of a node or a relay jumps.</summary>
    ClockJumps,

    /// <summary>To and from a site many packets are lost.</summary>
    LossBurst,
}
