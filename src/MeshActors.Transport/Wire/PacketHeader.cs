using System;
using System.Buffers.Binary;

namespace MeshActors.Transport.Wire;

/// <summary>The clear part of a packet (docs/protocol.md 5).</summary>
/// <remarks>
/// <code>
/// 0        1                    9                   13
/// +--------+--------------------+-------------------+
/// |111000kk| connection id (64) | low 32 bits of pn |
/// +--------+--------------------+-------------------+
/// </code>
/// </remarks>
internal static class PacketHeader
{
    /// <summary>Bytes of the header; all of them are additional data of the AEAD.</summary>
    public const int Size = 13;

    /// <summary>The first byte without the key phase.</summary>
    public const byte TypeBits = 0xE0;

    /// <summary>Key phases are 0 to this.</summary>
    public const int MaxKeyPhase = 3;

    private const byte KeyPhaseMask = 0b11;

    /// <summary>Reads a header off a datagram that may be anything.</summary>
    /// <returns>False when it is too short or its first byte is not that of a packet.</returns>
    public static bool TryRead(
        ReadOnlySpan<byte> datagram, out int keyPhase, out ulong connectionId, out uint lowPacketNumber)
    {
        keyPhase = 0;
        connectionId = 0;
        lowPacketNumber = 0;
        if (datagram.Length < Size || (datagram[0] & ~KeyPhaseMask) != TypeBits)
        {
            return false;
        }

        keyPhase = datagram[0] & KeyPhaseMask;
        connectionId = BinaryPrimitives.ReadUInt64BigEndian(datagram[1..]);
        lowPacketNumber = BinaryPrimitives.ReadUInt32BigEndian(datagram[9..]);
        return true;
    }

    /// <summary>Writes <see cref="Size"/> bytes; of the packet number the low 32 bits.</summary>
    public static void Write(Span<byte> destination, int keyPhase, ulong connectionId, ulong packetNumber)
    {
        destination[0] = (byte)(TypeBits | (keyPhase & KeyPhaseMask));
        BinaryPrimitives.WriteUInt64BigEndian(destination[1..], connectionId);
        BinaryPrimitives.WriteUInt32BigEndian(destination[9..], (uint)(packetNumber & uint.MaxValue));
    }

    /// <summary>The full number nearest to the next expected one (RFC 9000, appendix A.3).</summary>
    /// <param name="expected">Largest number opened so far plus one, 0 before the first; below 2^62.</param>
    /// <param name="low">What the header carries.</param>
    /// <param name="bits">Bits that the header carries: 8 to 32.</param>
    public static ulong Reconstruct(ulong expected, uint low, int bits = 32)
    {
        var window = 1ul << bits;
        var half = window / 2;
        var candidate = (expected & ~(window - 1)) | low;
        if (expected >= half && candidate <= expected - half && candidate < (1ul << 62) - window)
        {
            return candidate + window;
        }

        return candidate > expected + half && candidate >= window ? candidate - window : candidate;
    }
}
