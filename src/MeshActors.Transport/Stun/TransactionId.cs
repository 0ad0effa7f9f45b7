using System;
using System.Buffers.Binary;
using MeshActors.Transport.Chance;

namespace MeshActors.Transport.Stun;

/// <summary>The 96 random bits that join a STUN answer to its question (RFC 8489, section 5).</summary>
/// <param name="High">The first 32 bits.</param>
/// <param name="Low">The last 64 bits.</param>
internal readonly record struct TransactionId(uint High, ulong Low)
{
    /// <summary>Bytes on the wire.</summary>
    public const int Size = 12;

    /// <summary>A fresh one, which nobody off the path can guess.</summary>
    public static TransactionId Create(IRandomSource random)
    {
        Span<byte> bytes = stackalloc byte[Size];
        random.Fill(bytes);
        return Read(bytes);
    }

    /// <summary>Reads the first 12 bytes.</summary>
    public static TransactionId Read(ReadOnlySpan<byte> source) =>
        new(BinaryPrimitives.ReadUInt32BigEndian(source), BinaryPrimitives.ReadUInt64BigEndian(source[4..]));

    /// <summary>Writes the first 12 bytes.</summary>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt32BigEndian(destination, High);
        BinaryPrimitives.WriteUInt64BigEndian(destination[4..], Low);
    }
}
