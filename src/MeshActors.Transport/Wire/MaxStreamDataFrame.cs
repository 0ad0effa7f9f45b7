using System;

namespace MeshActors.Transport.Wire;

/// <summary>How many bytes of one stream the receiver takes, counted from its start.</summary>
/// <param name="StreamId">Which stream.</param>
/// <param name="Limit">A total, 0 to 2^62 - 1; a lower one than before says nothing.</param>
internal readonly record struct MaxStreamDataFrame(ulong StreamId, long Limit)
{
    /// <summary>Bytes that <see cref="Write"/> takes.</summary>
    public int Size => 1 + VarInt.Size(StreamId) + VarInt.Size((ulong)Limit);

    /// <summary>Reads what follows the type.</summary>
    public static bool TryRead(ref FrameReader reader, out MaxStreamDataFrame frame)
    {
        frame = default;
        if (!reader.TryReadVarInt(out var streamId) || !reader.TryReadVarInt(out var limit))
        {
            return false;
        }

        frame = new MaxStreamDataFrame(streamId, (long)limit);
        return true;
    }

    public int Write(Span<byte> destination)
    {
        var written = VarInt.Write(destination, FrameType.MaxStreamData);
        written += VarInt.Write(destination[written..], StreamId);
        return written + VarInt.Write(destination[written..], (ulong)Limit);
    }
}
