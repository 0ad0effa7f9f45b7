using System;

namespace MeshActors.Transport.Nodes;

/// <summary>A request as it came from a peer.</summary>
public sealed class TunnelRequest
{
    internal TunnelRequest(PeerTunnel tunnel, ReadOnlyMemory<byte> bytes)
    {
        Tunnel = tunnel;
        Bytes = bytes;
    }

    /// <summary>The tunnel it came through: who asks, proven, and where to ask back.</summary>
    public PeerTunnel Tunnel { get; }

    /// <summary>What the peer sent, 1 byte to 16 MiB; the handler may keep it.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }
}
