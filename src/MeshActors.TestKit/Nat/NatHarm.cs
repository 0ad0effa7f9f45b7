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

    /// <summary>Both relays die and the way between the two is cut, for a while: all that was said arrives when it is over.</summary>
    AllWaysForAWhile,

    /// <summary>The same for good: streams wait, then each side is told once that the tunnel is over, and nothing came twice.</summary>
    AllWays,
}
