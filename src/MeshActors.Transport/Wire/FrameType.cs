namespace MeshActors.Transport.Wire;

/// <summary>Numbers of the frames (docs/protocol.md, section 6).</summary>
internal static class FrameType
{
    public const ulong Padding = 0x00;
    public const ulong Ping = 0x01;
    public const ulong Ack = 0x02;
    public const ulong AckEcn = 0x03;

    /// <summary>First of the eight stream types; the low three bits are flags of <see cref="StreamFrame"/>.</summary>
    public const ulong Stream = 0x08;

    public const ulong StreamLast = 0x0F;
    public const ulong ResetStream = 0x10;
    public const ulong StopSending = 0x11;
    public const ulong MaxData = 0x12;
    public const ulong MaxStreamData = 0x13;
    public const ulong MaxStreams = 0x14;
    public const ulong Close = 0x1C;

    /// <summary>First of the two datagram types; the low bit is a flag of <see cref="DatagramFrame"/>.</summary>
    public const ulong Datagram = 0x30;

    public const ulong DatagramLast = 0x31;

    /// <summary>From here on a frame carries its length and is skipped when its type is unknown.</summary>
    public const ulong FirstSkippable = 0x40;

    /// <summary>See <see cref="PathFrame"/>.</summary>
    public const ulong PathChallenge = 0x40;

    /// <summary>See <see cref="PathFrame"/>.</summary>
    public const ulong PathResponse = 0x41;

    /// <summary>See <see cref="CandidatesFrame"/>.</summary>
    public const ulong Candidates = 0x42;

    /// <summary>See <see cref="PunchAtFrame"/>.</summary>
    public const ulong PunchAt = 0x43;

    /// <summary>See <see cref="PunchResultFrame"/>.</summary>
    public const ulong PunchResult = 0x44;

    /// <summary>See <see cref="RelayLeaseFrame"/>.</summary>
    public const ulong RelayLease = 0x48;

    /// <summary>See <see cref="RelayLeasedFrame"/>.</summary>
    public const ulong RelayLeased = 0x49;
}
