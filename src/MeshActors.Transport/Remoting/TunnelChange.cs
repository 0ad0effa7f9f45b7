using MeshActors.Transport.Io;

namespace MeshActors.Transport.Remoting;

/// <summary>Something happened to a tunnel of this node.</summary>
internal readonly record struct TunnelChange(TunnelChangeKind Kind, MeshTunnel Tunnel);

/// <summary>What happened.</summary>
internal enum TunnelChangeKind
{
    /// <summary>A session is there: the first, or a further one.</summary>
    Opened,

    /// <summary>No session answers; it is tried again.</summary>
    Failed,

    /// <summary>It is over.</summary>
    Closed,
}
