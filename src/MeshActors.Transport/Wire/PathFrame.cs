using System;
using System.Buffers.Binary;

namespace MeshActors.Transport.Wire;

/// <summary>PATH_CHALLENGE and PATH_RESPONSE: eight bytes that come back the way they went (docs/protocol.md, section 6.6; RFC 9000, section 8.2).</summary>
/// <param name="Token">Random; the response repeats it.</param>
internal readonly record struct PathFrame(ulong Token)
{
    /// <summary>Bytes with type and length.</summary>
    public const int Size = 2 + 1 + sizeof(ulong);

    /// <summary>Reads what follows the type.</summary>
    /// <returns>False when it is malformed.</returns>
    public static bool TryRead(ref FrameReader reader, out PathFrame frame)
    {
        frame = default;
        if (!reader.TryReadPrefixed(out var content) || content.Length != sizeof(ulong))
        {
            return false;
        }

        frame = new PathFrame(BinaryPrimitives.ReadUInt64BigEndian(content));
        return true;
    }

    /// <summary>Writes <see cref="Size"/> bytes.</summary>
    /// <param name="type"><see cref="FrameType.PathChallenge"/> or <see cref="FrameType.PathResponse"/>.</param>
    /// <param name="destination">Room for them.</param>
    public int Write(ulong type, Span<byte> destination)
    {
        var written = VarInt.Write(destination, type);
        written += VarInt.Write(destination[written..], sizeof(ulong));
        BinaryPrimitives.WriteUInt64BigEndian(destination[written..], Token);
        return written + sizeof(ulong);
    }
}
