using System;

namespace MeshActors.Transport.Stun;

/// <summary>The checksum that tells STUN from other protocols on the same socket (RFC 8489, section 14.7).</summary>
/// <remarks>CRC-32 of ITU V.42, reflected, over the message before the attribute, XORed with 0x5354554E ("STUN").</remarks>
internal static class StunFingerprint
{
    /// <summary>Bytes of the attribute's value.</summary>
    public const int Size = 4;

    private const uint ReflectedPolynomial = 0xEDB8_8320;
    private const uint Mask = 0x5354_554E;

    private static readonly uint[] Table = MakeTable();

    /// <summary>The value of the attribute.</summary>
    /// <param name="message">From the header to where the attribute begins; the length field counts the attribute already.</param>
    public static uint Compute(ReadOnlySpan<byte> message)
    {
        var crc = uint.MaxValue;
        foreach (var octet in message)
        {
            crc = Table[(crc ^ octet) & 0xFF] ^ (crc >> 8);
        }

        return ~crc ^ Mask;
    }

    private static uint[] MakeTable()
    {
        var table = new uint[256];
        for (var index = 0u; index < table.Length; index++)
        {
            var value = index;
            for (var bit = 0; bit < 8; bit++)
            {
                value = (value & 1) == 0 ? value >> 1 : (value >> 1) ^ ReflectedPolynomial;
            }

            table[index] = value;
        }

        return table;
    }
}
