using System;
using System.Collections.Generic;
using System.Threading;

namespace MeshActors.Transport.Crypto;

/// <summary>Native memory for short-lived secrets in slots of one size: session keys and handshake states.</summary>
/// <remarks>
/// Grows by chunks of <see cref="SlotsPerChunk"/> slots up to <see cref="MaxSlots"/>. A chunk starts on a page, lies
/// between guard pages, is locked where the system allows it, and never moves, so a slot can be handed to libsodium as
/// it is. A slot is wiped when it comes back. One slab serves a whole engine: two mappings for 64 tunnels, where a key
/// object of its own would cost four mappings and 8.8 KiB each. May be used by several threads.
/// </remarks>
internal sealed unsafe class SessionKeySlab : IDisposable
{
    /// <summary>Bytes of a slot: the size of libsodium's expanded AES-256-GCM key.</summary>
    public const int SlotSize = 512;

    /// <summary>Slots added at a time: 64 KiB.</summary>
    public const int SlotsPerChunk = 128;

    /// <summary>Slots at most (64 MiB): more than the sessions of 10,000 tunnels and all handshakes under way need.</summary>
    public const int MaxSlots = 131_072;

    private readonly Lock _gate = new();
    private readonly List<nint> _chunks = [];
    private readonly Stack<nint> _free = new();
    private bool _disposed;

    /// <summary>Slots in use.</summary>
    public int Rented { get; private set; }

    /// <summary>False when the system refused to lock a chunk (see <c>ulimit -l</c>): keys may reach the swap space.</summary>
    public bool IsLocked { get; private set; } = true;

    /// <summary>Takes a zeroed slot; dispose it to give it back.</summary>
    /// <exception cref="InsufficientMemoryException"><see cref="MaxSlots"/> are in use, or there is no memory.</exception>
    public KeySlot Rent()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_free.Count == 0)
            {
                AddChunk();
            }

            Rented++;
            return new KeySlot(this, (byte*)_free.Pop());
        }
    }

    /// <summary>No slot can be rented any more; the memory goes back when the last slot has been returned.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            FreeIfUnused();
        }
    }

    internal void Return(byte* slot)
    {
        lock (_gate)
        {
            Sodium.Zero(slot, SlotSize);
            _free.Push((nint)slot);
            Rented--;
            FreeIfUnused();
        }
    }

    private void AddChunk()
    {
        if (_chunks.Count * SlotsPerChunk >= MaxSlots)
        {
            throw new InsufficientMemoryException($"All {MaxSlots} slots for session keys are in use.");
        }

        var chunk = Sodium.Allocate(SlotsPerChunk * SlotSize, out var locked);
        IsLocked &= locked;
        _chunks.Add((nint)chunk);
        for (var slot = SlotsPerChunk - 1; slot >= 0; slot--)
        {
            _free.Push((nint)(chunk + (slot * SlotSize)));
        }
    }

    private void FreeIfUnused()
    {
        if (!_disposed || Rented > 0)
        {
            return;
        }

        foreach (var chunk in _chunks)
        {
            Sodium.Free((byte*)chunk);
        }

        _chunks.Clear();
        _free.Clear();
    }
}
