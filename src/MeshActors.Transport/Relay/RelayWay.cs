using MeshActors.Transport.Addressing;

namespace MeshActors.Transport.Relay;

/// <summary>Another relay as this one knows it: its number here, and the lease under which this one sends there.</summary>
internal sealed class RelayWay
{
    public RelayWay(ushort index, MeshAddress relay)
    {
        Index = index;
        Relay = relay;
        Queue = new RelayQueue(null, this);
    }

    /// <summary>Its number, 1 to <see cref="Wire.RelayLeasedFrame.MaxRelays"/>.</summary>
    public ushort Index { get; }

    public MeshAddress Relay { get; }

    public RelayQueue Queue { get; }

    /// <summary>This node's lease there, null while there is none: then nothing is forwarded.</summary>
    public RelayClient? Client { get; set; }
}
