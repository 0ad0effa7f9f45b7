namespace MeshActors.TestKit.Nat;

/// <summary>What happened to a packet at a place.</summary>
internal enum SimFate
{
    /// <summary>A host sent it.</summary>
    Sent,

    /// <summary>A box passed it on, with these endpoints.</summary>
    Passed,

    /// <summary>A box sent it back inside.</summary>
    TurnedBack,

    /// <summary>A host has it.</summary>
    Received,

    /// <summary>Dropped by a box: nobody inside has that outside endpoint.</summary>
    NoMapping,

    /// <summary>Dropped by a box: nobody inside has sent to where it comes from.</summary>
    Filtered,

    /// <summary>Dropped by a box: no UDP passes.</summary>
    Blocked,

    /// <summary>Dropped by a box: it does not send back inside.</summary>
    NoHairpin,

    /// <summary>Dropped by a box: it has no port for it.</summary>
    NoPort,

    /// <summary>Dropped: nobody has that address where it came to.</summary>
    NoRoute,

    /// <summary>Dropped by a host: the port is closed.</summary>
    ClosedPort,

    /// <summary>Dropped: it had no hops left.</summary>
    HopsExceeded,

    /// <summary>Dropped: the way between two sites is cut.</summary>
    Cut,
}
