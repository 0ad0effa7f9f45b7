using System;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MeshActors.Transport.Crypto;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Relay;

/// <summary>Tags of several frames, computed together: eight cost little more than one where the processor can.</summary>
/// <remarks>Keys and frames lie in memory that does not move: a slot of the key slab, a slot of <see cref="RelayBuffers"/>.</remarks>
internal sealed unsafe class RelayTagGroup
{
    /// <summary>Frames at most.</summary>
    public const int Most = Blake2bLanes.Lanes;

    /// <summary>From so many on they are computed together.</summary>
    private const int LeastTogether = 2;

    private readonly (nint Key, nint State, nint Frame, int Length)[] _entries = new (nint, nint, nint, int)[Most];
    private readonly ulong[] _tags = new ulong[Most];

    /// <summary>A tag that was computed.</summary>
    public ulong this[int index] => _tags[index];

    /// <summary>Says what to compute.</summary>
    /// <param name="index">0 up to <see cref="Most"/>.</param>
    /// <param name="key">32 bytes.</param>
    /// <param name="state">The same key taken in, see <see cref="RelayKeys.SendState"/>.</param>
    /// <param name="frame">All of it, head and datagram.</param>
    public void Set(int index, ReadOnlySpan<byte> key, ReadOnlySpan<byte> state, Span<byte> frame) =>
        _entries[index] = (Address(key), Address(state), Address(frame), frame.Length);

    /// <summary>Computes the first tags; those that stand in the frames are kept.</summary>
    public void Compute(int count)
    {
        if (count >= LeastTogether && Blake2bLanes.IsSupported)
        {
            ComputeTogether(count);
            return;
        }

        for (var i = 0; i < count; i++)
        {
            var (key, _, frame, length) = _entries[i];
            var bytes = new Span<byte>((byte*)frame, length);
            var tag = RelayTag.Of(bytes);
            _tags[i] = RelayTag.Compute(new ReadOnlySpan<byte>((byte*)key, RelayLeasedFrame.KeySize), bytes);
            RelayTag.Put(bytes, tag);
        }
    }

    /// <summary>As <see cref="RelayTag"/>: each head is moved beside its datagram for as long as it takes.</summary>
    private void ComputeTogether(int count)
    {
        Span<Blake2bLanes.Message> messages = stackalloc Blake2bLanes.Message[Most];
        Span<byte> heads = stackalloc byte[Most * RelayFrame.Size];
        for (var i = 0; i < count; i++)
        {
            var (_, state, frame, length) = _entries[i];
            var head = heads.Slice(i * RelayFrame.Size, RelayFrame.Size);
            var bytes = new Span<byte>((byte*)frame, RelayFrame.Size);
            bytes.CopyTo(head);
            head[..RelayFrame.TagOffset].CopyTo(bytes[RelayFrame.TagSize..]);
            messages[i] = new Blake2bLanes.Message(state, frame + RelayFrame.TagSize, length - RelayFrame.TagSize);
        }

        Blake2bLanes.Compute(messages[..count], _tags);
        for (var i = 0; i < count; i++)
        {
            heads.Slice(i * RelayFrame.Size, RelayFrame.Size).CopyTo(new Span<byte>((byte*)_entries[i].Frame, RelayFrame.Size));
            _tags[i] = BinaryPrimitives.ReverseEndianness(_tags[i]);
        }
    }

    private static nint Address(ReadOnlySpan<byte> bytes) => (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(bytes));
}
