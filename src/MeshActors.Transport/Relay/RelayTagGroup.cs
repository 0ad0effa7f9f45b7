using System;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MeshActors.Transport.Crypto;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Relay;

/// <summary>Tags of several frames, computed together: eight cost little more than one where the processor can.</summary>
/// <remarks>Keys, frames and digests lie in memory that does not move: a slot of the key slab, a slot of <see cref="RelayBuffers"/>.</remarks>
internal sealed unsafe class RelayTagGroup
{
    /// <summary>Frames at most.</summary>
    public const int Most = Blake2bLanes.Lanes;

    /// <summary>From so many on they are computed together.</summary>
    private const int LeastTogether = 2;

    private readonly Entry[] _entries = new Entry[Most];
    private readonly ulong[] _tags = new ulong[Most];

    /// <summary>A tag that was computed.</summary>
    public ulong this[int index] => _tags[index];

    /// <summary>Says what to compute.</summary>
    /// <param name="index">0 up to <see cref="Most"/>.</param>
    /// <param name="key">32 bytes.</param>
    /// <param name="state">The same key taken in, see <see cref="RelayKeys.SendState"/>.</param>
    /// <param name="frame">All of it, head and datagram.</param>
    /// <param name="head">Bytes before the datagram.</param>
    /// <param name="digest">The datagram's, or room for it: see <see cref="ComputeDigests"/>.</param>
    public void Set(int index, ReadOnlySpan<byte> key, ReadOnlySpan<byte> state, ReadOnlySpan<byte> frame, int head, ReadOnlySpan<byte> digest) =>
        _entries[index] = new Entry(Address(key), Address(state), Address(frame), head, frame.Length, Address(digest));

    /// <summary>Computes the digests of the first frames' datagrams.</summary>
    public void ComputeDigests(int count)
    {
        if (count >= LeastTogether && Blake2bLanes.IsSupported)
        {
            Span<Blake2bLanes.Message> datagrams = stackalloc Blake2bLanes.Message[count];
            Span<nint> digests = stackalloc nint[count];
            for (var i = 0; i < count; i++)
            {
                var entry = _entries[i];
                datagrams[i] = new Blake2bLanes.Message(0, entry.Frame + entry.Head, entry.Length - entry.Head);
                digests[i] = entry.Digest;
            }

            Blake2bLanes.Digest(datagrams, digests);
            return;
        }

        foreach (ref readonly var entry in _entries.AsSpan(0, count))
        {
            Sodium.Blake2b(
                new ReadOnlySpan<byte>((byte*)entry.Frame + entry.Head, entry.Length - entry.Head), new Span<byte>((byte*)entry.Digest, RelayTag.DigestSize));
        }
    }

    /// <summary>Computes the first tags from heads and digests; those that stand in the frames are kept.</summary>
    public void Compute(int count)
    {
        var tagged = stackalloc byte[Most * RelayTag.MostTagged];
        Span<Blake2bLanes.Message> messages = stackalloc Blake2bLanes.Message[Most];
        for (var i = 0; i < count; i++)
        {
            var entry = _entries[i];
            var start = tagged + (i * RelayTag.MostTagged);
            var length = RelayTag.Gather(
                new ReadOnlySpan<byte>((byte*)entry.Frame, entry.Head),
                entry.Head,
                new ReadOnlySpan<byte>((byte*)entry.Digest, RelayTag.DigestSize),
                new Span<byte>(start, RelayTag.MostTagged));
            messages[i] = new Blake2bLanes.Message(entry.State, (nint)start, length);
        }

        if (count >= LeastTogether && Blake2bLanes.IsSupported)
        {
            Blake2bLanes.Compute(messages[..count], _tags);
            for (var i = 0; i < count; i++)
            {
                _tags[i] = BinaryPrimitives.ReverseEndianness(_tags[i]);
            }

            return;
        }

        for (var i = 0; i < count; i++)
        {
            _tags[i] = RelayTag.Compute(
                new ReadOnlySpan<byte>((byte*)_entries[i].Key, RelayLeasedFrame.KeySize), new ReadOnlySpan<byte>((byte*)messages[i].Start, messages[i].Length));
        }
    }

    private static nint Address(ReadOnlySpan<byte> bytes) => (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(bytes));

    private readonly record struct Entry(nint Key, nint State, nint Frame, int Head, int Length, nint Digest);
}
