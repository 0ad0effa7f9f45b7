using System;
using System.Buffers.Binary;
using MeshActors.Transport.Chance;

namespace MeshActors.Benchmarks.Idle;

/// <summary>The system's generator, but that connection ids begin with a number: so one socket can serve many nodes.</summary>
internal sealed class TaggedRandom : IRandomSource
{
    private readonly ushort _tag;

    public TaggedRandom(int tag)
    {
        _tag = checked((ushort)tag);
    }

    /// <summary>The number in a connection id.</summary>
    public static int TagOf(ulong connectionId) => (int)(connectionId >> 48);

    public void Fill(Span<byte> destination)
    {
        SystemRandomSource.Instance.Fill(destination);
        if (destination.Length == sizeof(ulong))
        {
            BinaryPrimitives.WriteUInt16BigEndian(destination, _tag);
        }
    }
}
