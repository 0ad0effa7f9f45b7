namespace MeshActors.Transport.Tunnels;

/// <summary>Where a tunnel is in its life.</summary>
internal enum TunnelState
{
    /// <summary>The first handshake is under way; what is sent waits.</summary>
    Opening,

    /// <summary>A session carries packets.</summary>
    Open,

    /// <summary>No session answers; streams wait until the owner reopens or closes it.</summary>
    Failed,

    /// <summary>The end.</summary>
    Closed,
}
