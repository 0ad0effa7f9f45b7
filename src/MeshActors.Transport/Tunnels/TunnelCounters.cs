using MeshActors.Transport.Addressing;
using MeshActors.Transport.Identity;

namespace MeshActors.Transport.Tunnels;

/// <summary>What one tunnel has carried; written by the driver loop, read by anyone.</summary>
internal sealed class TunnelCounters
{
    /// <param name="peer">Where the peer may be dialled.</param>
    public TunnelCounters(PeerRecord peer)
    {
        Traffic = new TunnelTraffic(peer);
    }

    /// <summary>What went by which kind of way.</summary>
    public TunnelTraffic Traffic { get; }

    public long BytesSent { get; private set; }

    public long BytesReceived { get; private set; }

    public long PacketsSent { get; private set; }

    public long PacketsReceived { get; private set; }

    public int Sessions { get; private set; }

    public void Sent(int datagramBytes, bool isPacket, in UdpEndpoint to)
    {
        Traffic.Count(to, datagramBytes);
        BytesSent += datagramBytes;
        PacketsSent += isPacket ? 1 : 0;
    }

    public void Received(int datagramBytes, in UdpEndpoint from)
    {
        Traffic.Count(from, datagramBytes);
        BytesReceived += datagramBytes;
        PacketsReceived++;
    }

    public void SessionOpened() => Sessions++;
}
