using MeshActors.Transport.Time;

namespace MeshActors.Transport.Streams;

/// <summary>Where a packet number stands.</summary>
internal enum SentPacketState : byte
{
    /// <summary>Is being written, and not sent yet.</summary>
    Open,

    /// <summary>Asks for an acknowledgement, and has none.</summary>
    InFlight,

    /// <summary>Does not ask for one: nothing is lost with it.</summary>
    AckOnly,

    Acked,
    Lost,
}

/// <summary>One slot of <see cref="SentPackets"/>.</summary>
internal struct SentPacket
{
    public MonoTime SentAt;

    /// <summary>Index of the first of its frames in the ring of frames.</summary>
    public long FirstFrame;

    /// <summary>Largest number of the ACK frame it carries, plus one; 0 when it carries none.</summary>
    public ulong AckedBelow;

    public int Frames;

    /// <summary>Bytes on the wire, as congestion control counts them.</summary>
    public int Bytes;

    /// <summary>How many packets were sent on its path before it, modulo 2^32: what may overtake it is counted in these, since numbers are common to all paths.</summary>
    public uint Order;

    public SentPacketState State;

    /// <summary>Number of the path it was sent on.</summary>
    public byte Path;

    /// <summary>True when it left marked ECT(0).</summary>
    public bool IsMarked;

    /// <summary>True for a probe of a larger datagram: its loss says something about size, nothing about congestion.</summary>
    public bool IsSizeProbe;
}
