using System;

namespace MeshActors.Transport.Wire;

/// <summary>Bytes of one stream at one offset (RFC 9000, section 19.8).</summary>
/// <remarks>
/// <code>
/// type 0b00001OLF | stream id | offset if O | length if L | bytes       F: these are the last bytes of the stream
/// </code>
/// Without L the bytes reach to the end of the packet.
/// </remarks>
internal readonly ref struct StreamFrame
{
    public const ulong FinBit = 0x01;
    public const ulong LengthBit = 0x02;
    public const ulong OffsetBit = 0x04;

    private StreamFrame(ulong streamId, long offset, ReadOnlySpan<byte> bytes, bool fin)
    {
        StreamId = streamId;
        Offset = offset;
        Bytes = bytes;
        Fin = fin;
    }

    public ulong StreamId { get; }

    /// <summary>Position of the first byte in the stream, 0 to 2^62 - 1.</summary>
    public long Offset { get; }

    public ReadOnlySpan<byte> Bytes { get; }

    /// <summary>True when the stream ends where these bytes end.</summary>
    public bool Fin { get; }

    /// <summary>Position after the last byte, at most 2^62 - 1.</summary>
    public long End => Offset + Bytes.Length;

    /// <summary>Reads what follows the type.</summary>
    /// <returns>False when it is cut short or ends beyond the largest offset.</returns>
    public static bool TryRead(ulong type, ref FrameReader reader, out StreamFrame frame)
    {
        frame = default;
        var offset = 0ul;
        if (!reader.TryReadVarInt(out var streamId)
            || ((type & OffsetBit) != 0 && !reader.TryReadVarInt(out offset)))
        {
            return false;
        }

        ReadOnlySpan<byte> bytes;
        if ((type & LengthBit) == 0)
        {
            bytes = reader.ReadRest();
        }
        else if (!reader.TryReadPrefixed(out bytes))
        {
            return false;
        }

        if (offset + (ulong)bytes.Length > VarInt.MaxValue)
        {
            return false;
        }

        frame = new StreamFrame(streamId, (long)offset, bytes, (type & FinBit) != 0);
        return true;
    }

    /// <summary>Bytes before the stream's own: at most this many for up to <paramref name="length"/> bytes.</summary>
    public static int HeaderSize(ulong streamId, long offset, int length) =>
        1 + VarInt.Size(streamId) + (offset == 0 ? 0 : VarInt.Size((ulong)offset)) + VarInt.Size((ulong)length);

    /// <summary>Writes the header with a length field; the <paramref name="length"/> bytes themselves follow it.</summary>
    /// <returns>Bytes written.</returns>
    public static int WriteHeader(Span<byte> destination, ulong streamId, long offset, int length, bool fin)
    {
        var type = FrameType.Stream | LengthBit | (offset == 0 ? 0 : OffsetBit) | (fin ? FinBit : 0);
        var written = VarInt.Write(destination, type);
        written += VarInt.Write(destination[written..], streamId);
        if (offset != 0)
        {
            written += VarInt.Write(destination[written..], (ulong)offset);
        }

        return written + VarInt.Write(destination[written..], (ulong)length);
    }
}
