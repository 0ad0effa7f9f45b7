using System;
using System.Buffers.Binary;

namespace MeshActors.Fuzz;

/// <summary>Reads an input as a list of operations; past its end every number is 0.</summary>
internal ref struct Script
{
    private ReadOnlySpan<byte> _rest;

    public Script(ReadOnlySpan<byte> input)
    {
        _rest = input;
    }

    public readonly bool IsOver => _rest.IsEmpty;

    public readonly ReadOnlySpan<byte> Rest => _rest;

    public byte Byte()
    {
        if (_rest.IsEmpty)
        {
            return 0;
        }

        var value = _rest[0];
        _rest = _rest[1..];
        return value;
    }

    public ushort UInt16() => (ushort)((Byte() << 8) | Byte());

    public ulong UInt64()
    {
        Span<byte> bytes = stackalloc byte[8];
        Take(8).CopyTo(bytes);
        return BinaryPrimitives.ReadUInt64BigEndian(bytes);
    }

    /// <summary>A number below <paramref name="bound"/>, which is 1 to 65,536.</summary>
    public int Below(int bound) => (bound <= 256 ? Byte() : UInt16()) % bound;

    /// <summary>As many bytes as there are, at most <paramref name="length"/>.</summary>
    public ReadOnlySpan<byte> Take(int length)
    {
        var taken = _rest[..Math.Min(length, _rest.Length)];
        _rest = _rest[taken.Length..];
        return taken;
    }
}
