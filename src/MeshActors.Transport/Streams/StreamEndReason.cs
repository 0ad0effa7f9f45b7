namespace MeshActors.Transport.Streams;

/// <summary>Why a stream ended.</summary>
internal enum StreamEndReason
{
    /// <summary>Both sides finished, everything of ours is acknowledged and everything of the peer's was delivered.</summary>
    Completed,

    /// <summary>The peer reset the stream, or wants no more of it.</summary>
    ResetByPeer,

    /// <summary>This side reset the stream.</summary>
    ResetHere,

    /// <summary>The tunnel was closed, by either side or for a failure.</summary>
    TunnelClosed,

    /// <summary>The peer has lost the state of the tunnel's streams.</summary>
    PeerRestarted,
}
