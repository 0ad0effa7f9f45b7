namespace MeshActors.Transport.Wire;

/// <summary>Why a node does not take part in an attempt. The numbers are on the wire; those that are not known mean <see cref="NotUnderstood"/>.</summary>
internal enum PunchRefusal : byte
{
    /// <summary>None: it takes part.</summary>
    None = 0,

    /// <summary>Another attempt is under way; it may be asked again soon.</summary>
    Busy = 1,

    /// <summary>The last one was too short a time ago; it may be asked again later.</summary>
    TooSoon = 2,

    /// <summary>Its owner does not want it.</summary>
    SwitchedOff = 3,

    /// <summary>What is proposed does not fit what it knows of itself.</summary>
    NotUnderstood = 4,

    /// <summary>It has no sockets left for it.</summary>
    NoSockets = 5,

    /// <summary>It could not find out which port comes next.</summary>
    NotForetold = 6,

    /// <summary>It does that with nodes of its own fleet alone.</summary>
    NotTrusted = 7,
}
