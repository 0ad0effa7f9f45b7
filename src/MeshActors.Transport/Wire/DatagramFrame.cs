using System;

namespace MeshActors.Transport.Wire;

/// <summary>Bytes that are sent once and never again (RFC 9221, section 4).</summary>
/// <remarks>
/// <code>
/// type 0b0011000L | length if L | bytes
/// </code>
/// Without L the bytes reach to the end of the packet.
/// </remarks>
internal static class DatagramFrame
{
    public const ulong LengthBit = 0x01;

    /// <summary>Reads what follows the type.</summary>
    /// <returns>False when it is cut short.</returns>
    public static bool TryRead(ulong type, ref FrameReader reader, out ReadOnlySpan<byte> bytes)
    {
        if ((type & LengthBit) != 0)
        {
            return reader.TryReadPrefixed(out bytes);
        }

        bytes = reader.ReadRest();
        return true;
    }

    /// <summary>Bytes that <see cref="Write"/> takes for so many of the datagram.</summary>
    public static int Size(int length) => 1 + VarInt.Size((ulong)length) + length;

    /// <summary>Writes the frame with a length.</summary>
    /// <returns>Bytes written.</returns>
    public static int Write(Span<byte> destination, ReadOnlySpan<byte> bytes)
    {
        var written = VarInt.Write(destination, FrameType.Datagram | LengthBit);
        written += VarInt.Write(destination[written..], (ulong)bytes.Length);
        bytes.CopyTo(destination[written..]);
        return written + bytes.Length;
    }
}
