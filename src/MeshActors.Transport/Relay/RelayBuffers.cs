using System;
using System.Collections.Generic;

namespace MeshActors.Transport.Relay;

/// <summary>Memory for frames on their way through a relay, and for the digests of their datagrams: slots of one size, up to a bound.</summary>
/// <remarks>Grows by chunks of 65 KiB and keeps them: a relay that was busy once will be again. The slot that came back last is given out first.</remarks>
internal sealed class RelayBuffers
{
    /// <summary>Bytes of a slot. Longer frames are not taken: no path but loopback and networks of jumbo frames carries them.</summary>
    public const int SlotSize = 2_048;

    private const int SlotsPerChunk = 32;
    private const int ChunkSize = SlotsPerChunk * (SlotSize + RelayTag.DigestSize);

    private readonly List<byte[]> _chunks = [];
    private readonly Stack<int> _free = new();
    private readonly int _maxSlots;

    /// <param name="maxSlots">At least 1; rounded up to whole chunks.</param>
    public RelayBuffers(int maxSlots)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxSlots, 1);
        _maxSlots = (maxSlots + SlotsPerChunk - 1) / SlotsPerChunk * SlotsPerChunk;
    }

    /// <summary>Slots that there are: numbers are below it.</summary>
    public int Count => _chunks.Count * SlotsPerChunk;

    /// <summary>Slots in use.</summary>
    public int Rented => Count - _free.Count;

    /// <summary>All bytes of a slot.</summary>
    public Span<byte> this[int slot] => _chunks[slot / SlotsPerChunk].AsSpan(slot % SlotsPerChunk * SlotSize, SlotSize);

    /// <summary>Where the digest of the datagram in a slot is kept.</summary>
    public Span<byte> DigestOf(int slot) => _chunks[slot / SlotsPerChunk].AsSpan(
        (SlotsPerChunk * SlotSize) + (slot % SlotsPerChunk * RelayTag.DigestSize), RelayTag.DigestSize);

    /// <summary>Takes a slot; false when the bound is reached.</summary>
    public bool TryRent(out int slot)
    {
        if (_free.Count == 0 && Count < _maxSlots)
        {
            _chunks.Add(GC.AllocateUninitializedArray<byte>(ChunkSize, pinned: true));
            for (var added = Count - 1; added >= Count - SlotsPerChunk; added--)
            {
                _free.Push(added);
            }
        }

        return _free.TryPop(out slot);
    }

    /// <summary>Gives a slot back.</summary>
    public void Return(int slot) => _free.Push(slot);
}
