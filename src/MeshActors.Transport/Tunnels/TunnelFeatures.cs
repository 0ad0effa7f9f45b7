using System;

namespace MeshActors.Transport.Tunnels;

/// <summary>What a node can do beyond the major version, told to the peer inside the handshake (docs/protocol.md 3.6); bits without a name are ignored.</summary>
[Flags]
internal enum TunnelFeatures : uint
{
    /// <summary>Nothing beyond.</summary>
    None = 0,

    /// <summary>Takes early data in message 1.</summary>
    EarlyData = 1,

    /// <summary>In message 2 alone: the early data of this attempt was taken.</summary>
    EarlyDataTaken = 2,

    /// <summary>Answers challenges on further paths, and takes candidates.</summary>
    Paths = 4,

    /// <summary>Relays carry no streams of this node's tunnels: both sides hold theirs until a direct path is in use.</summary>
    DirectOnly = 8,

    /// <summary>All that this node can do.</summary>
    Own = EarlyData | Paths,

    /// <summary>All that this version understands of what a peer says.</summary>
    Known = Own | DirectOnly,
}
