using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Relay;

/// <summary>Tags of several frames, computed together.</summary>
/// <remarks>Keys and frames lie in memory that does not move: a slot of the key slab, a slot of <see cref="RelayBuffers"/>.</remarks>
internal sealed unsafe class RelayTagGroup
{
    /// <summary>Frames at most.</summary>
    public const int Most = 8;

    private readonly (nint Key, nint Frame, int Length)[] _entries = new (nint, nint, int)[Most];
    private readonly ulong[] _tags = new ulong[Most];

    /// <summary>A tag that was computed.</summary>
    public ulong this[int index] => _tags[index];

    /// <summary>Says what to compute.</summary>
    /// <param name="index">0 up to <see cref="Most"/>.</param>
    /// <param name="key">32 bytes.</param>
    /// <param name="frame">All of it, head and datagram.</param>
    public void Set(int index, ReadOnlySpan<byte> key, Span<byte> frame) =>
        _entries[index] = (Address(key), Address(frame), frame.Length);

    /// <summary>Computes the first tags; those that stand in the frames are kept.</summary>
    public void Compute(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var (key, frame, length) = _entries[i];
            var bytes = new Span<byte>((byte*)frame, length);
            var tag = RelayTag.Of(bytes);
            _tags[i] = RelayTag.Compute(new ReadOnlySpan<byte>((byte*)key, RelayLeasedFrame.KeySize), bytes);
            RelayTag.Put(bytes, tag);
        }
    }

    private static nint Address(ReadOnlySpan<byte> bytes) => (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(bytes));
}
