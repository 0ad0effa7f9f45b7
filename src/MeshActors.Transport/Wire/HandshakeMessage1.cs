using System;
using System.Buffers.Binary;
using MeshActors.Transport.Diagnostics;

namespace MeshActors.Transport.Wire;

/// <summary>Layout of the first handshake datagram (docs/protocol.md 3.1).</summary>
internal static class HandshakeMessage1
{
    /// <summary>Bytes of the datagram, always.</summary>
    public const int Size = 1_200;

    /// <summary>Bytes before the Noise message.</summary>
    public const int HeaderSize = 4;

    /// <summary>Bytes of the payload before it is sealed.</summary>
    public const int PayloadSize = 1_068;

    /// <summary>Where mac1 begins: it covers all before.</summary>
    public const int MacOffset = 1_168;

    /// <summary>Bytes of mac1.</summary>
    public const int MacSize = 16;

    /// <summary>Where the cookie field begins: copies of a message 1 are the same up to here.</summary>
    public const int CookieOffset = MacOffset + MacSize;

    private const int TimestampSize = 8;

    /// <summary>Checks length and clear header of a datagram that may be anything; not its cookie field.</summary>
    public static DropReason? Check(ReadOnlySpan<byte> datagram)
    {
        if (datagram.Length != Size)
        {
            return DropReason.BadLength;
        }

        if (datagram[1] != DatagramType.Version)
        {
            return DropReason.UnsupportedVersion;
        }

        return datagram[0] != DatagramType.HandshakeMessage1 || datagram[3] != 0 ? DropReason.BadHeader : null;
    }

    /// <summary>mac1 of a datagram of the right length.</summary>
    public static ReadOnlySpan<byte> Mac1Of(ReadOnlySpan<byte> datagram) => datagram[MacOffset..CookieOffset];

    /// <summary>The cookie field of a datagram of the right length: zeros, or mac2.</summary>
    public static ReadOnlySpan<byte> CookieFieldOf(ReadOnlySpan<byte> datagram) => datagram[CookieOffset..];

    /// <summary>The suite's number in a datagram of the right length; it may mean nothing.</summary>
    public static byte SuiteOf(ReadOnlySpan<byte> datagram) => datagram[2];

    /// <summary>Writes the clear header; the rest is the caller's.</summary>
    public static void WriteHeader(Span<byte> datagram, byte suite)
    {
        datagram[0] = DatagramType.HandshakeMessage1;
        datagram[1] = DatagramType.Version;
        datagram[2] = suite;
        datagram[3] = 0;
    }

    /// <summary>Writes the payload, <see cref="PayloadSize"/> bytes, and leaves room for the certificate.</summary>
    /// <returns>Where the certificate goes.</returns>
    public static Span<byte> WritePayload(
        Span<byte> payload, ulong timestamp, HandshakeFields fields, int certificateSize)
    {
        payload[..PayloadSize].Clear();
        BinaryPrimitives.WriteUInt64BigEndian(payload, timestamp);
        return fields.Write(payload[TimestampSize..], certificateSize);
    }

    /// <summary>Writes early data behind the certificate.</summary>
    /// <param name="payload">As written by <see cref="WritePayload"/>.</param>
    /// <param name="certificateSize">As given there.</param>
    /// <param name="early">At most <see cref="EarlyFrames.MaxSize"/> bytes.</param>
    public static void WriteEarly(Span<byte> payload, int certificateSize, ReadOnlySpan<byte> early)
    {
        var rest = payload[(TimestampSize + HandshakeFields.Size + certificateSize)..];
        BinaryPrimitives.WriteUInt16BigEndian(rest, (ushort)early.Length);
        early.CopyTo(rest[sizeof(ushort)..]);
    }

    /// <summary>The early data of an opened payload; empty when there is none, or it is longer than it may be.</summary>
    /// <param name="payload">One that <see cref="TryReadPayload"/> could read.</param>
    /// <param name="certificateSize">As read there.</param>
    public static ReadOnlySpan<byte> EarlyOf(ReadOnlySpan<byte> payload, int certificateSize)
    {
        var rest = payload[(TimestampSize + HandshakeFields.Size + certificateSize)..];
        if (rest.Length < sizeof(ushort))
        {
            return [];
        }

        var length = BinaryPrimitives.ReadUInt16BigEndian(rest);
        rest = rest[sizeof(ushort)..];
        return length <= EarlyFrames.MaxSize && length <= rest.Length ? rest[..length] : [];
    }

    /// <summary>Reads an opened payload.</summary>
    /// <param name="payload">What Noise opened; its content is the other side's choice.</param>
    /// <param name="timestamp">Microseconds of Unix time.</param>
    /// <param name="fields">What both messages have in common.</param>
    /// <param name="certificate">The bytes of the certificate; behind them stands early data.</param>
    /// <returns>False when it is too short for what it says.</returns>
    public static bool TryReadPayload(
        ReadOnlySpan<byte> payload,
        out ulong timestamp,
        out HandshakeFields fields,
        out ReadOnlySpan<byte> certificate)
    {
        timestamp = 0;
        fields = default;
        certificate = default;
        if (payload.Length < TimestampSize)
        {
            return false;
        }

        timestamp = BinaryPrimitives.ReadUInt64BigEndian(payload);
        return HandshakeFields.TryRead(payload[TimestampSize..], out fields, out certificate);
    }
}
