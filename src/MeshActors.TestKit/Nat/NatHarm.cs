namespace MeshActors.TestKit.Nat;

/// <summary>What happens to a <see cref="NatPair"/> while both talk.</summary>
internal enum NatHarm
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>No packet passes between the sites of the two any more, both ways.</summary>
    CutBetween,

    /// <summary>None passes one way.</summary>
    CutOneWay,

    /// <summary>One of the two relays dies.</summary>
    RelayDies,

    /// <summary>One node is somewhere else, at a public address.</summary>
    NodeMoves,
}
