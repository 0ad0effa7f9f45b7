using MeshActors.Transport.Addressing;
using MeshActors.Transport.Identity;

namespace MeshActors.Transport.Tunnels;

/// <summary>Counts what a tunnel carries by the kind of way; written by the driver loop, read by anyone.</summary>
internal sealed class TunnelTraffic
{
    private readonly NodeTraffic _own = new();
    private PeerRecord _peer;
    private (UdpEndpoint Endpoint, TrafficPath Path) _last;

    public TunnelTraffic(PeerRecord peer)
    {
        _peer = peer;
    }

    public TrafficBytes Bytes => _own.Bytes;

    /// <summary>Where all tunnels of the node are counted together; null for nowhere.</summary>
    public NodeTraffic? Node { get; set; }

    /// <summary>Takes where the peer may be dialled.</summary>
    public void Learn(PeerRecord peer)
    {
        _peer = peer;
        _last = default;
    }

    /// <summary>The kind of way that an endpoint of the peer is.</summary>
    public TrafficPath PathOf(in UdpEndpoint endpoint)
    {
        if (RelayedEndpoint.TryRead(endpoint, out _, out _))
        {
            return TrafficPath.Relayed;
        }

        var plain = SocketEndpoint.TryRead(endpoint, out _, out var there) ? there : endpoint;
        return RelayedEndpoint.IsReserved(plain) || _peer.Endpoints.Contains(plain) ? TrafficPath.Direct : TrafficPath.Punched;
    }

    /// <summary>A datagram went to an endpoint of the peer, or came from there.</summary>
    public void Count(in UdpEndpoint endpoint, int bytes)
    {
        if (bytes == 0)
        {
            return;
        }

        if (_last.Endpoint != endpoint)
        {
            _last = (endpoint, PathOf(endpoint));
        }

        _own.Add(_last.Path, bytes);
        Node?.Add(_last.Path, bytes);
    }
}
