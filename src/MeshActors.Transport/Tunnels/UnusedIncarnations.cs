using MeshActors.Transport.Handshake;
using MeshActors.Transport.Identity;

namespace MeshActors.Transport.Tunnels;

/// <summary>Incarnations that were offered to peers of whom no packet ever came; their next tunnel goes by the same.</summary>
/// <remarks>
/// A peer may have begun its streams under such an offer, and every packet of its may have been lost until the unconfirmed session
/// was forgotten, and the tunnel with it. Nothing was taken in that state here, so it goes on where the peer is; under a fresh value its streams would end
/// as if this side had restarted.
/// </remarks>
internal sealed class UnusedIncarnations
{
    /// <summary>Peers remembered; then the one of the longest time ago is forgotten.</summary>
    private const int MaxPeers = 1_024;

    private readonly LeastRecentlyUsed<RootKey, ulong> _offered = new(MaxPeers);

    /// <summary>Remembers the value of a tunnel that is forgotten, unless it may name a state in which something was sent or taken.</summary>
    public void HandleForgotten(Tunnel tunnel)
    {
        if (tunnel.State == TunnelState.Opening
            && tunnel.Attempts.Begun == 0
            && tunnel.Incarnations.Peer is null
            && !tunnel.EarlyReplies.IsTaken
            && tunnel.Streams.NextExpected == 0)
        {
            _offered.Set(tunnel.Peer.Root, tunnel.Incarnations.Own);
        }
    }

    /// <summary>The value for the next tunnel to a peer, once; null when it is to be a fresh one.</summary>
    public ulong? Take(RootKey root)
    {
        if (!_offered.TryPeek(root, out var offered) || offered == 0)
        {
            return null;
        }

        _offered.Set(root, 0);
        return offered;
    }
}
