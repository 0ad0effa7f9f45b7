namespace MeshActors.Transport.Wire;

/// <summary>How two nodes try to get a direct path through the NATs before them. The numbers are on the wire, and are the rungs of the ladder.</summary>
internal enum PunchTechnique : byte
{
    /// <summary>Both send to what relays saw of the other: challenges do that, without being agreed.</summary>
    SimultaneousOpen = 1,

    /// <summary>A mapping that the gateway was asked for, told as a candidate.</summary>
    PortMapping = 2,

    /// <summary>One side or both count up: what comes next is foretold.</summary>
    Predicted = 3,

    /// <summary>One side has any port of a block: it opens many, and the other tries ports until one of them is met.</summary>
    Birthday = 4,

    /// <summary>Both have any port of a small block.</summary>
    BothRandom = 5,
}
