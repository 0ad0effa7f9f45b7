using System;
using MeshActors.Transport.Diagnostics;

namespace MeshActors.Transport.Wire;

/// <summary>Layout of the datagram that tells an initiator the timestamp that its next message 1 must be above (docs/protocol.md 3.8).</summary>
internal static class TimestampReply
{
    /// <summary>Bytes of the datagram, always.</summary>
    public const int Size = SealedOffset + TimestampSize + TagSize;

    /// <summary>Where mac1 of the message 1 stands that is answered: it names the attempt.</summary>
    public const int MacOffset = 4;

    /// <summary>Where the nonce begins; all before and the nonce itself are the seal's additional data.</summary>
    public const int NonceOffset = MacOffset + HandshakeMessage1.MacSize;

    public const int NonceSize = 12;

    /// <summary>Where the sealed timestamp begins, its tag after it.</summary>
    public const int SealedOffset = NonceOffset + NonceSize;

    /// <summary>Bytes of a timestamp.</summary>
    public const int TimestampSize = 8;

    private const int TagSize = 16;

    /// <summary>Checks length and clear header of a datagram that may be anything.</summary>
    public static DropReason? Check(ReadOnlySpan<byte> datagram) =>
        datagram.Length != Size ? DropReason.BadLength
        : datagram[1] != DatagramType.Version ? DropReason.UnsupportedVersion
        : datagram[0] != DatagramType.TimestampReply || datagram[2] != 0 || datagram[3] != 0 ? DropReason.BadHeader
        : null;

    /// <summary>Writes the clear header and which message 1 is answered; nonce and timestamp are the caller's.</summary>
    /// <param name="datagram">At least <see cref="Size"/> bytes.</param>
    /// <param name="message1">The datagram that is answered.</param>
    public static void WriteHeader(Span<byte> datagram, ReadOnlySpan<byte> message1)
    {
        datagram[0] = DatagramType.TimestampReply;
        datagram[1] = DatagramType.Version;
        datagram[2] = 0;
        datagram[3] = 0;
        HandshakeMessage1.Mac1Of(message1).CopyTo(datagram[MacOffset..]);
    }
}
