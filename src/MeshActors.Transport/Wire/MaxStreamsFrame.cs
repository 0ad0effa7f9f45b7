using System;

namespace MeshActors.Transport.Wire;

/// <summary>How many streams of one lane the other side may open, counted from the start of the tunnel.</summary>
/// <param name="Lane">0 to 2; other values are for the reader to refuse.</param>
/// <param name="Limit">A total, 0 to 2^59: stream ids have three bits beside the number.</param>
internal readonly record struct MaxStreamsFrame(ulong Lane, long Limit)
{
    /// <summary>Largest limit a frame may name.</summary>
    public const long MaxLimit = 1L << 59;

    /// <summary>Bytes that <see cref="Write"/> takes.</summary>
    public int Size => 1 + VarInt.Size(Lane) + VarInt.Size((ulong)Limit);

    /// <summary>Reads what follows the type.</summary>
    public static bool TryRead(ref FrameReader reader, out MaxStreamsFrame frame)
    {
        frame = default;
        if (!reader.TryReadVarInt(out var lane) || !reader.TryReadVarInt(out var limit))
        {
            return false;
        }

        frame = new MaxStreamsFrame(lane, (long)limit);
        return true;
    }

    public int Write(Span<byte> destination)
    {
        var written = VarInt.Write(destination, FrameType.MaxStreams);
        written += VarInt.Write(destination[written..], Lane);
        return written + VarInt.Write(destination[written..], (ulong)Limit);
    }
}
