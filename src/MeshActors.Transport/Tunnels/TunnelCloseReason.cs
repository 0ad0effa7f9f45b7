namespace MeshActors.Transport.Tunnels;

/// <summary>Why a tunnel ended.</summary>
/// <param name="Cause">Who or what ended it.</param>
/// <param name="Code">The code that went with it, 0 when none did.</param>
/// <param name="Text">For people; of the peer's at most 256 bytes of UTF-8.</param>
internal sealed record TunnelCloseReason(TunnelCloseCause Cause, ulong Code, string Text);

/// <summary>Who or what ended a tunnel.</summary>
internal enum TunnelCloseCause
{
    /// <summary>This node closed it.</summary>
    ClosedHere,

    /// <summary>The peer closed it.</summary>
    ClosedByPeer,

    /// <summary>The peer broke the protocol.</summary>
    ProtocolViolation,

    /// <summary>It stood failed for longer than streams wait.</summary>
    Abandoned,

    /// <summary>No direct path was found in time, and a relay may not carry its streams.</summary>
    NoDirectPath,

    /// <summary>One of its machines broke here; the peer is not told.</summary>
    Broken,

    /// <summary>The engine stopped.</summary>
    EngineStopped,
}
