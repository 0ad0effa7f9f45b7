using System;
using System.Buffers.Binary;

namespace MeshActors.Transport.Chance;

/// <summary>Where every random byte comes from: the system's generator in programs, a seed in simulations.</summary>
internal interface IRandomSource
{
    /// <summary>Fills the whole span.</summary>
    void Fill(Span<byte> destination);
}

/// <summary>Values drawn from a source.</summary>
internal static class RandomSourceExtensions
{
    /// <summary>All 64 bits random.</summary>
    public static ulong NextUInt64(this IRandomSource source)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        source.Fill(bytes);
        return BinaryPrimitives.ReadUInt64BigEndian(bytes);
    }

    /// <summary>From 0 up to but without 1, 53 bits of precision.</summary>
    public static double NextDouble(this IRandomSource source) => (source.NextUInt64() >> 11) * (1.0 / (1ul << 53));

    /// <summary>From 0 up to but without <paramref name="limit"/>.</summary>
    /// <param name="source">Where the bytes come from.</param>
    /// <param name="limit">At least 1.</param>
    public static int Below(this IRandomSource source, int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        return (int)((UInt128)source.NextUInt64() * (uint)limit >> 64);
    }
}
