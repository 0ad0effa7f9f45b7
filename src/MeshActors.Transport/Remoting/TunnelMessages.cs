using MeshActors.Transport.Identity;
using MeshActors.Transport.Io;
using MeshActors.Transport.Tunnels;

namespace MeshActors.Transport.Remoting;

/// <summary>Asks for the tunnel to a peer; answered by <see cref="TunnelReady"/> or <see cref="TunnelRefused"/>.</summary>
/// <param name="Peer">Whom to reach.</param>
/// <param name="Early">What goes with a new tunnel's first message; null for nothing.</param>
internal sealed record OpenTunnel(PeerRecord Peer, EarlyRequest? Early = null);

/// <summary>The tunnel has a session.</summary>
internal sealed record TunnelReady(ITunnelControl Control);

/// <summary>There is no tunnel to be had.</summary>
/// <param name="Code">Why.</param>
/// <param name="Reason">The same for people.</param>
internal sealed record TunnelRefused(TunnelErrorCode Code, string Reason);

/// <summary>The engine has a session for a tunnel: the first, or a further one.</summary>
internal sealed record TunnelOpened(ITunnelControl Control);

/// <summary>The engine has no session that answers.</summary>
internal sealed record TunnelFailed(ITunnelControl Control, TunnelFailure Failure);

/// <summary>The engine has ended a tunnel.</summary>
internal sealed record TunnelClosed(ITunnelControl Control, TunnelCloseReason Reason);

/// <summary>A tunnel actor has nothing more to do and asks its supervisor to be stopped.</summary>
internal sealed record TunnelEnded
{
    public static readonly TunnelEnded Instance = new();

    private TunnelEnded()
    {
    }
}
