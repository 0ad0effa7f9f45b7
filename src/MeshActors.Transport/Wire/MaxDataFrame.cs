using System;

namespace MeshActors.Transport.Wire;

/// <summary>How many bytes of all streams together the receiver takes, counted from the start of the tunnel.</summary>
/// <param name="Limit">A total, 0 to 2^62 - 1; a lower one than before says nothing.</param>
internal readonly record struct MaxDataFrame(long Limit)
{
    /// <summary>Bytes that <see cref="Write"/> takes.</summary>
    public int Size => 1 + VarInt.Size((ulong)Limit);

    /// <summary>Reads what follows the type.</summary>
    public static bool TryRead(ref FrameReader reader, out MaxDataFrame frame)
    {
        var read = reader.TryReadVarInt(out var limit);
        frame = new MaxDataFrame((long)limit);
        return read;
    }

    public int Write(Span<byte> destination)
    {
        var written = VarInt.Write(destination, FrameType.MaxData);
        return written + VarInt.Write(destination[written..], (ulong)Limit);
    }
}
