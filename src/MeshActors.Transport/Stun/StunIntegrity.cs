using System;
using System.Buffers.Binary;
using System.Security.Cryptography;

namespace MeshActors.Transport.Stun;

/// <summary>The two keyed checksums of STUN (RFC 8489, sections 14.5 and 14.6): HMAC-SHA1 and HMAC-SHA256.</summary>
/// <remarks>
/// They cover the message before the attribute, under a length field that counts up to the attribute's end, so what stands
/// behind it does not matter. Nothing of this project is protected by them: servers that ask for credentials want them.
/// </remarks>
internal static class StunIntegrity
{
    /// <summary>Bytes of MESSAGE-INTEGRITY.</summary>
    public const int Sha1Size = 20;

    /// <summary>Bytes of MESSAGE-INTEGRITY-SHA256; it may be cut to a multiple of 4, not below <see cref="LeastSha256Size"/>.</summary>
    public const int Sha256Size = 32;

    public const int LeastSha256Size = 16;

    /// <summary>Computes a checksum.</summary>
    /// <param name="message">The message, its attribute at <paramref name="offset"/> included or not.</param>
    /// <param name="offset">Where the attribute begins, at most 548.</param>
    /// <param name="key">As RFC 8489, section 9, makes it of the credentials.</param>
    /// <param name="valueSize">Bytes of the attribute's value.</param>
    /// <param name="isSha256">True for MESSAGE-INTEGRITY-SHA256.</param>
    /// <param name="destination">20 or 32 bytes.</param>
    public static void Compute(
        ReadOnlySpan<byte> message, int offset, ReadOnlySpan<byte> key, int valueSize, bool isSha256, Span<byte> destination)
    {
        Span<byte> covered = stackalloc byte[StunMessage.MaxSize];
        covered = covered[..offset];
        message[..offset].CopyTo(covered);
        BinaryPrimitives.WriteUInt16BigEndian(covered[2..], (ushort)(offset + 4 + valueSize - StunMessage.HeaderSize));
        if (isSha256)
        {
            HMACSHA256.HashData(key, covered, destination);
        }
        else
        {
#pragma warning disable CA5350 // The algorithm of the RFC; servers that know no other ask for it.
            HMACSHA1.HashData(key, covered, destination);
#pragma warning restore CA5350
        }
    }

    /// <summary>True when the checksum at an attribute is right; compares in fixed time.</summary>
    public static bool Verify(ReadOnlySpan<byte> message, StunAttribute attribute, ReadOnlySpan<byte> key)
    {
        var isSha256 = attribute.Type == StunAttributeType.MessageIntegritySha256;
        var size = attribute.Value.Length;
        var isSizeRight = isSha256 ? size is >= LeastSha256Size and <= Sha256Size && size % 4 == 0 : size == Sha1Size;
        if (!isSizeRight)
        {
            return false;
        }

        Span<byte> expected = stackalloc byte[Sha256Size];
        Compute(message, attribute.Offset, key, size, isSha256, expected);
        return CryptographicOperations.FixedTimeEquals(expected[..size], attribute.Value);
    }
}
