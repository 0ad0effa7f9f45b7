namespace MeshActors.Transport.Streams;

/// <summary>What became of the frames of one packet. From <see cref="Malformed"/> on: violations, which close the tunnel.</summary>
/// <remarks>The number of a violation is the code of the CLOSE frame that answers it (docs/protocol.md, section 6.5).</remarks>
internal enum FrameOutcome
{
    /// <summary>All frames counted.</summary>
    Taken = 0,

    /// <summary>A bound of ours is reached: the packet is not acknowledged, and its sender sends it again later.</summary>
    NotTaken = 1,

    /// <summary>The tunnel is closed; nothing counted.</summary>
    Closed = 2,

    /// <summary>A frame is cut short or a field outside its range.</summary>
    Malformed = 0x100,

    /// <summary>A frame type below 0x40 that is not spoken here.</summary>
    UnknownFrame = 0x101,

    /// <summary>An acknowledgement of a packet that was never sent.</summary>
    AckOfUnsentPacket = 0x102,

    /// <summary>Bytes beyond the stream's credit.</summary>
    StreamCreditExceeded = 0x103,

    /// <summary>Bytes beyond the tunnel's credit.</summary>
    TunnelCreditExceeded = 0x104,

    /// <summary>A stream number beyond the lane's limit.</summary>
    TooManyStreams = 0x105,

    /// <summary>A frame names a stream of our side that we never opened.</summary>
    StreamNeverOpened = 0x106,

    /// <summary>Two frames disagree about where a stream ends.</summary>
    FinalSizeChanged = 0x107,

    /// <summary>Bytes beyond the end of a stream, or an end before bytes that arrived.</summary>
    BytesBeyondFinalSize = 0x108,

    /// <summary>A message of length 0, or longer than its lane allows.</summary>
    MessageLengthOutOfRange = 0x109,

    /// <summary>A stream ended within a message.</summary>
    MessageCutShort = 0x10A,

    /// <summary>A lane that does not exist.</summary>
    UnknownLane = 0x10B,
}

/// <summary>What outcomes mean for a tunnel.</summary>
internal static class FrameOutcomeExtensions
{
    /// <summary>True when the peer broke the protocol and the tunnel must be closed.</summary>
    public static bool IsViolation(this FrameOutcome outcome) => outcome >= FrameOutcome.Malformed;
}
