namespace MeshActors.TestKit.Nat;

/// <summary>What becomes of a packet at a box.</summary>
internal enum BoxVerdict
{
    /// <summary>It goes on the way it came.</summary>
    Pass,

    /// <summary>It came from inside and goes back inside.</summary>
    TurnBack,

    /// <summary>Dropped: nobody inside has that outside endpoint.</summary>
    NoMapping,

    /// <summary>Dropped: nobody inside has sent to where it comes from.</summary>
    Filtered,

    /// <summary>Dropped: no UDP passes.</summary>
    Blocked,

    /// <summary>Dropped: the box does not send back inside.</summary>
    NoHairpin,

    /// <summary>Dropped: no port is free, or the box holds no further mapping.</summary>
    NoPort,
}
