using System;

namespace MeshActors.Transport.Wire;

/// <summary>The sender sends no more bytes of a stream, and nothing again of those it sent (RFC 9000, section 19.4).</summary>
/// <param name="StreamId">Which stream.</param>
/// <param name="Code">Why, as the application numbers it.</param>
/// <param name="FinalSize">Bytes of the stream that were put in packets; both sides count them as used credit.</param>
internal readonly record struct ResetStreamFrame(ulong StreamId, ulong Code, long FinalSize)
{
    /// <summary>Bytes that <see cref="Write"/> takes.</summary>
    public int Size => 1 + VarInt.Size(StreamId) + VarInt.Size(Code) + VarInt.Size((ulong)FinalSize);

    /// <summary>Reads what follows the type.</summary>
    public static bool TryRead(ref FrameReader reader, out ResetStreamFrame frame)
    {
        frame = default;
        if (!reader.TryReadVarInt(out var streamId)
            || !reader.TryReadVarInt(out var code)
            || !reader.TryReadVarInt(out var finalSize))
        {
            return false;
        }

        frame = new ResetStreamFrame(streamId, code, (long)finalSize);
        return true;
    }

    public int Write(Span<byte> destination)
    {
        var written = VarInt.Write(destination, FrameType.ResetStream);
        written += VarInt.Write(destination[written..], StreamId);
        written += VarInt.Write(destination[written..], Code);
        return written + VarInt.Write(destination[written..], (ulong)FinalSize);
    }
}
