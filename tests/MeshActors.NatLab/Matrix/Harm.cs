namespace MeshActors.NatLab.Matrix;

/// <summary>What dies while two nodes talk.</summary>
internal enum Harm
{
    /// <summary>Nothing passes between them directly any more.</summary>
    CutBetween,

    /// <summary>Nothing passes directly from the first to the second any more.</summary>
    CutOneWay,

    /// <summary>The first node's host gets another address.</summary>
    NodeMoves,

    /// <summary>The relay that is nearer is killed; they have no direct path.</summary>
    RelayDies,

    /// <summary>Both relays are killed, and nothing passes between the two.</summary>
    EverythingDies,
}
