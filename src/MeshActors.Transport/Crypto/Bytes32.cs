using System;
using System.Buffers.Binary;

namespace MeshActors.Transport.Crypto;

/// <summary>32 public bytes as a value: a public key or a SHA-256 digest, ordered bytewise.</summary>
/// <remarks>Never holds a secret: it is copied freely and prints itself.</remarks>
internal readonly record struct Bytes32 : IComparable<Bytes32>
{
    /// <summary>Bytes on the wire.</summary>
    public const int Size = 32;

    private readonly UInt128 _high;
    private readonly UInt128 _low;

    private Bytes32(UInt128 high, UInt128 low)
    {
        _high = high;
        _low = low;
    }

    /// <summary>Takes exactly <see cref="Size"/> bytes.</summary>
    public static Bytes32 From(ReadOnlySpan<byte> source)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(source.Length, Size);
        return new Bytes32(
            BinaryPrimitives.ReadUInt128BigEndian(source), BinaryPrimitives.ReadUInt128BigEndian(source[16..]));
    }

    /// <summary>Writes <see cref="Size"/> bytes.</summary>
    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt128BigEndian(destination, _high);
        BinaryPrimitives.WriteUInt128BigEndian(destination[16..], _low);
    }

    public int CompareTo(Bytes32 other)
    {
        var byHigh = _high.CompareTo(other._high);
        return byHigh != 0 ? byHigh : _low.CompareTo(other._low);
    }

    public override int GetHashCode() => HashCode.Combine(_high, _low);

    /// <summary>64 hex digits, lower case.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Size];
        CopyTo(bytes);
        return Convert.ToHexStringLower(bytes);
    }
}
