using System;

namespace MeshActors.Transport.Wire;

/// <summary>The receiver wants no more bytes of a stream (RFC 9000, section 19.5).</summary>
/// <param name="StreamId">Which stream.</param>
/// <param name="Code">Why, as the application numbers it.</param>
internal readonly record struct StopSendingFrame(ulong StreamId, ulong Code)
{
    /// <summary>Bytes that <see cref="Write"/> takes.</summary>
    public int Size => 1 + VarInt.Size(StreamId) + VarInt.Size(Code);

    /// <summary>Reads what follows the type.</summary>
    public static bool TryRead(ref FrameReader reader, out StopSendingFrame frame)
    {
        frame = default;
        if (!reader.TryReadVarInt(out var streamId) || !reader.TryReadVarInt(out var code))
        {
            return false;
        }

        frame = new StopSendingFrame(streamId, code);
        return true;
    }

    public int Write(Span<byte> destination)
    {
        var written = VarInt.Write(destination, FrameType.StopSending);
        written += VarInt.Write(destination[written..], StreamId);
        return written + VarInt.Write(destination[written..], Code);
    }
}
