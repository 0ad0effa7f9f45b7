namespace MeshActors.Transport.Tunnels;

/// <summary>What one tunnel has carried; written by the driver loop, read by anyone.</summary>
internal sealed class TunnelCounters
{
    public long BytesSent { get; private set; }

    public long BytesReceived { get; private set; }

    public long PacketsSent { get; private set; }

    public long PacketsReceived { get; private set; }

    public int Sessions { get; private set; }

    public void Sent(int datagramBytes, bool isPacket)
    {
        BytesSent += datagramBytes;
        PacketsSent += isPacket ? 1 : 0;
    }

    public void Received(int datagramBytes)
    {
        BytesReceived += datagramBytes;
        PacketsReceived++;
    }

    public void SessionOpened() => Sessions++;
}
