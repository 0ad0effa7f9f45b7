using System.Collections.Generic;
using MeshActors.Transport.Diagnostics;

namespace MeshActors.Transport.Time;

/// <summary>One deadline for each of many owners, the earliest at hand: a binary heap whose entries can move.</summary>
/// <remarks>Setting, moving and clearing cost O(log n) and allocate only while the heap grows. Equal deadlines come in no fixed order
/// but always the same for the same calls.</remarks>
/// <typeparam name="TOwner">Who waits; keeps its place in the heap by <see cref="IDeadlineOwner"/>.</typeparam>
internal sealed class Deadlines<TOwner>
    where TOwner : class, IDeadlineOwner
{
    private readonly List<(MonoTime At, TOwner Owner)> _heap = [];

    public int Count => _heap.Count;

    /// <summary>The earliest deadline, or null when nobody waits.</summary>
    public MonoTime? Next => _heap.Count == 0 ? null : _heap[0].At;

    /// <summary>Sets or moves an owner's deadline; null clears it.</summary>
    public void Set(TOwner owner, MonoTime? at)
    {
        if (at is null)
        {
            Clear(owner);
            return;
        }

        if (owner.HeapSlot < 0)
        {
            owner.HeapSlot = _heap.Count;
            _heap.Add((at.Value, owner));
        }
        else
        {
            _heap[owner.HeapSlot] = (at.Value, owner);
        }

        SiftUp(owner.HeapSlot);
        SiftDown(owner.HeapSlot);
    }

    /// <summary>Takes the owner of the earliest deadline out when it is due.</summary>
    public bool TryTakeDue(MonoTime now, out TOwner owner)
    {
        if (_heap.Count == 0 || _heap[0].At > now)
        {
            owner = null!;
            return false;
        }

        owner = _heap[0].Owner;
        Clear(owner);
        return true;
    }

    private void Clear(TOwner owner)
    {
        var slot = owner.HeapSlot;
        if (slot < 0)
        {
            return;
        }

        Invariant.Require(ReferenceEquals(_heap[slot].Owner, owner));
        var last = _heap.Count - 1;
        Move(last, slot);
        _heap.RemoveAt(last);
        owner.HeapSlot = -1;
        if (slot < last)
        {
            SiftUp(slot);
            SiftDown(slot);
        }
    }

    private void SiftUp(int slot)
    {
        var entry = _heap[slot];
        while (slot > 0 && entry.At < _heap[(slot - 1) / 2].At)
        {
            Move((slot - 1) / 2, slot);
            slot = (slot - 1) / 2;
        }

        Place(entry, slot);
    }

    private void SiftDown(int slot)
    {
        var entry = _heap[slot];
        while (true)
        {
            var child = (2 * slot) + 1;
            if (child >= _heap.Count)
            {
                break;
            }

            if (child + 1 < _heap.Count && _heap[child + 1].At < _heap[child].At)
            {
                child++;
            }

            if (entry.At <= _heap[child].At)
            {
                break;
            }

            Move(child, slot);
            slot = child;
        }

        Place(entry, slot);
    }

    private void Move(int from, int to) => Place(_heap[from], to);

    private void Place((MonoTime At, TOwner Owner) entry, int slot)
    {
        _heap[slot] = entry;
        entry.Owner.HeapSlot = slot;
    }
}

/// <summary>Somebody with at most one deadline in a <see cref="Deadlines{TOwner}"/>.</summary>
internal interface IDeadlineOwner
{
    /// <summary>The owner's place in the heap, −1 when it waits for nothing; written by the heap alone.</summary>
    int HeapSlot { get; set; }
}
