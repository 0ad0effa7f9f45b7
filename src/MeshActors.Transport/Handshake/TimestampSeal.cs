using System;
using System.Buffers.Binary;
using System.Security.Cryptography;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Crypto;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Handshake;

/// <summary>Seals for an initiator the last timestamp of its root that a responder accepted, and opens that there (docs/protocol.md 3.8).</summary>
/// <remarks>
/// The key comes from the handshake as it stands after message 1: only who made that and the responder have it, so nobody else can move an initiator's timestamps, and a reply is of use for one attempt alone.
/// ChaCha20-Poly1305 with random nonces, since one message 1 that is recorded and sent again may be answered several times.
/// </remarks>
internal static class TimestampSeal
{
    /// <summary>Above this no clock is: what a responder says beyond it is not taken (microseconds; the year 148,000).</summary>
    public const ulong Most = 1UL << 62;

    private static ReadOnlySpan<byte> Label => "MeshActors timestamp"u8;

    /// <summary>Writes a reply.</summary>
    /// <param name="slab">Where the key lives while it is used.</param>
    /// <param name="noise">After message 1.</param>
    /// <param name="message1">What is answered.</param>
    /// <param name="timestamp">The last one that was accepted.</param>
    /// <param name="random">Where the nonce comes from.</param>
    public static byte[] Write(
        SessionKeySlab slab, HandshakeState noise, ReadOnlySpan<byte> message1, ulong timestamp, IRandomSource random)
    {
        var reply = new byte[TimestampReply.Size];
        TimestampReply.WriteHeader(reply, message1);
        random.Fill(reply.AsSpan(TimestampReply.NonceOffset, TimestampReply.NonceSize));
        BinaryPrimitives.WriteUInt64BigEndian(reply.AsSpan(TimestampReply.SealedOffset), timestamp);
        var (prefix, counter) = NonceOf(reply);
        using var key = KeyOf(slab, noise);
        key.Seal(prefix, counter, reply.AsSpan(0, TimestampReply.SealedOffset), reply.AsSpan(TimestampReply.SealedOffset));
        return reply;
    }

    /// <summary>Opens a reply whose header was checked.</summary>
    /// <returns>Null when it is not from the responder, answers another message 1, or says what no clock says.</returns>
    public static ulong? TryOpen(SessionKeySlab slab, HandshakeState noise, ReadOnlySpan<byte> reply)
    {
        Span<byte> opened = stackalloc byte[TimestampReply.Size - TimestampReply.SealedOffset];
        reply[TimestampReply.SealedOffset..].CopyTo(opened);
        var (prefix, counter) = NonceOf(reply);
        using var key = KeyOf(slab, noise);
        return key.TryOpen(prefix, counter, reply[..TimestampReply.SealedOffset], opened)
            && BinaryPrimitives.ReadUInt64BigEndian(opened) is <= Most and var timestamp ? timestamp : null;
    }

    private static AeadKey KeyOf(SessionKeySlab slab, HandshakeState noise)
    {
        Span<byte> raw = stackalloc byte[AeadKey.KeySize];
        noise.Export(Label, raw);
        var key = new AeadKey(slab, CipherSuite.ChaCha20Poly1305, raw);
        CryptographicOperations.ZeroMemory(raw);
        return key;
    }

    private static (uint Prefix, ulong Counter) NonceOf(ReadOnlySpan<byte> reply)
    {
        var nonce = reply[TimestampReply.NonceOffset..];
        return (BinaryPrimitives.ReadUInt32BigEndian(nonce), BinaryPrimitives.ReadUInt64BigEndian(nonce[sizeof(uint)..]));
    }
}
