using MeshActors.Transport.Time;

namespace MeshActors.Transport.Congestion;

/// <summary>What was known about delivery when a packet was sent; kept beside the packet until it is acknowledged or lost.</summary>
internal struct SendSnapshot
{
    /// <summary>Bytes delivered in all.</summary>
    public long Delivered;

    /// <summary>Bytes found lost in all.</summary>
    public long Lost;

    /// <summary>When the last of the delivered bytes were acknowledged.</summary>
    public MonoTime DeliveredAt;

    /// <summary>When the first packet of the flight this one belongs to was sent.</summary>
    public MonoTime FirstSentAt;

    /// <summary>Bytes in flight, with the packet.</summary>
    public int InFlight;

    /// <summary>True when there was less to send than might have been sent.</summary>
    public bool IsAppLimited;
}
