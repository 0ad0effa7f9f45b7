using System;
using System.Buffers.Binary;

namespace MeshActors.Transport.Wire;

/// <summary>The variable-length integer of RFC 9000, section 16: 62 bits in 1, 2, 4 or 8 bytes, length in the top two bits.</summary>
internal static class VarInt
{
    /// <summary>Largest value that can be written.</summary>
    public const ulong MaxValue = (1ul << 62) - 1;

    /// <summary>Most bytes one value takes.</summary>
    public const int MaxSize = 8;

    /// <summary>Bytes of the shortest form of <paramref name="value"/>, which is at most <see cref="MaxValue"/>.</summary>
    public static int Size(ulong value) => value switch
    {
        < 1ul << 6 => 1,
        < 1ul << 14 => 2,
        < 1ul << 30 => 4,
        <= MaxValue => 8,
        _ => throw new ArgumentOutOfRangeException(nameof(value), "A varint has 62 bits."),
    };

    /// <summary>Writes the shortest form.</summary>
    /// <returns>Bytes written.</returns>
    public static int Write(Span<byte> destination, ulong value)
    {
        var size = Size(value);
        switch (size)
        {
            case 1:
                destination[0] = (byte)value;
                break;
            case 2:
                BinaryPrimitives.WriteUInt16BigEndian(destination, (ushort)(value | 0x4000));
                break;
            case 4:
                BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)(value | 0x8000_0000));
                break;
            default:
                BinaryPrimitives.WriteUInt64BigEndian(destination, value | 0xC000_0000_0000_0000);
                break;
        }

        return size;
    }

    /// <summary>Reads one value, in whatever of its forms it stands (longer forms than needed are legal).</summary>
    /// <returns>False when the span ends before the value does.</returns>
    public static bool TryRead(ReadOnlySpan<byte> source, out ulong value, out int size)
    {
        value = 0;
        size = 0;
        if (source.IsEmpty)
        {
            return false;
        }

        size = SizeFromFirstByte(source[0]);
        if (source.Length < size)
        {
            return false;
        }

        value = size switch
        {
            1 => source[0],
            2 => BinaryPrimitives.ReadUInt16BigEndian(source) & 0x3FFFu,
            4 => BinaryPrimitives.ReadUInt32BigEndian(source) & 0x3FFF_FFFFu,
            _ => BinaryPrimitives.ReadUInt64BigEndian(source) & MaxValue,
        };
        return true;
    }

    /// <summary>Bytes of a value that begins with <paramref name="first"/>.</summary>
    public static int SizeFromFirstByte(byte first) => 1 << (first >> 6);
}
