using System;
using MeshActors.Transport.Diagnostics;

namespace MeshActors.Transport.Wire;

/// <summary>Layout of the datagram that asks an initiator to prove its address (docs/protocol.md 3.4).</summary>
internal static class CookieReply
{
    /// <summary>Bytes of the datagram, always.</summary>
    public const int Size = 64;

    /// <summary>Where mac1 of the message 1 stands that is answered: it names the attempt.</summary>
    public const int MacOffset = 4;

    /// <summary>Where the nonce begins; all before and the nonce itself are the seal's additional data.</summary>
    public const int NonceOffset = MacOffset + HandshakeMessage1.MacSize;

    public const int NonceSize = 12;

    /// <summary>Where the sealed cookie begins, its tag after it.</summary>
    public const int SealedOffset = NonceOffset + NonceSize;

    /// <summary>Bytes of a cookie.</summary>
    public const int CookieSize = 16;

    /// <summary>Checks length and clear header of a datagram that may be anything.</summary>
    public static DropReason? Check(ReadOnlySpan<byte> datagram) =>
        datagram.Length != Size ? DropReason.BadLength
        : datagram[1] != DatagramType.Version ? DropReason.UnsupportedVersion
        : datagram[0] != DatagramType.CookieReply || datagram[2] != 0 || datagram[3] != 0 ? DropReason.BadHeader
        : null;

    /// <summary>Writes the clear header and which message 1 is answered; nonce and cookie are the caller's.</summary>
    /// <param name="datagram">At least <see cref="Size"/> bytes.</param>
    /// <param name="message1">The datagram that is answered.</param>
    public static void WriteHeader(Span<byte> datagram, ReadOnlySpan<byte> message1)
    {
        datagram[0] = DatagramType.CookieReply;
        datagram[1] = DatagramType.Version;
        datagram[2] = 0;
        datagram[3] = 0;
        HandshakeMessage1.Mac1Of(message1).CopyTo(datagram[MacOffset..]);
    }
}
