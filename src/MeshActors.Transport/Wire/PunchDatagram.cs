using System;
using System.Buffers.Binary;

namespace MeshActors.Transport.Wire;

/// <summary>What is sent to guessed endpoints of a peer: says which attempt it is of, and nothing else (docs/protocol.md, section 6.9).</summary>
/// <remarks>
/// <code>
/// type 0xC6 | attempt 8 | number 2 | tag 8 | zeros 45
/// </code>
/// It stands outside of the session, since most of these are lost and packets would count them. Who it is from shows the tag.
/// </remarks>
/// <param name="Attempt">Which attempt.</param>
/// <param name="Number">Which of the sender's, counted from 0.</param>
/// <param name="Tag">Over all before it and the direction.</param>
internal readonly record struct PunchDatagram(ulong Attempt, ushort Number, ulong Tag)
{
    /// <summary>Bytes of each: as a challenge, so that one may go back.</summary>
    public const int Size = 64;

    /// <summary>Bytes that the tag is over.</summary>
    public const int TaggedSize = 1 + 8 + 2;

    private const int AttemptOffset = 1;
    private const int NumberOffset = 9;

    /// <summary>Reads a datagram.</summary>
    /// <returns>False when it is none.</returns>
    public static bool TryRead(ReadOnlySpan<byte> source, out PunchDatagram datagram)
    {
        datagram = default;
        if (source.Length != Size || source[0] != DatagramType.Punch)
        {
            return false;
        }

        datagram = new PunchDatagram(
            BinaryPrimitives.ReadUInt64BigEndian(source[AttemptOffset..]),
            BinaryPrimitives.ReadUInt16BigEndian(source[NumberOffset..]),
            BinaryPrimitives.ReadUInt64BigEndian(source[TaggedSize..]));
        return true;
    }

    /// <summary>Writes <see cref="Size"/> bytes.</summary>
    public int Write(Span<byte> destination)
    {
        destination[..Size].Clear();
        destination[0] = DatagramType.Punch;
        BinaryPrimitives.WriteUInt64BigEndian(destination[AttemptOffset..], Attempt);
        BinaryPrimitives.WriteUInt16BigEndian(destination[NumberOffset..], Number);
        BinaryPrimitives.WriteUInt64BigEndian(destination[TaggedSize..], Tag);
        return Size;
    }
}
