namespace MeshActors.Transport.Handshake;

/// <summary>How far an initiator's attempt is.</summary>
internal enum InitiatorState
{
    /// <summary>Message 1 goes out until message 2 comes.</summary>
    Waiting,

    /// <summary>The responder is authentic; its address is still to be derived.</summary>
    Deriving,

    /// <summary>The result can be taken.</summary>
    Completed,

    /// <summary>The responder proved its static key, but its certificate was refused: a new attempt would end alike.</summary>
    Refused,

    /// <summary>No good answer within the handshake timeout.</summary>
    TimedOut,
}
