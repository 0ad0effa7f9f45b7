namespace MeshActors.Transport.Tunnels;

/// <summary>By which kind of way bytes went.</summary>
internal enum TrafficPath
{
    /// <summary>To an endpoint that stood in the peer's record, or that its handshake came from.</summary>
    Direct,

    /// <summary>To one that was found while the tunnel was open: a NAT's, that both sides opened.</summary>
    Punched,

    /// <summary>Over a relay.</summary>
    Relayed,
}
