namespace MeshActors.Transport.Stun;

/// <summary>How a STUN question ended.</summary>
internal enum StunOutcome
{
    /// <summary>It is still asked.</summary>
    Pending,

    /// <summary>The server said where it sees the asking socket.</summary>
    Answered,

    /// <summary>The server answered with an error code.</summary>
    Refused,

    /// <summary>No answer came in time.</summary>
    TimedOut,
}
