using System;
using MeshActors.Transport.Diagnostics;

namespace MeshActors.Transport.Relay;

/// <summary>What waits in a relay, by receiver: each gets its share by deficit round robin (Shreedhar and Varghese, 1995).</summary>
/// <remarks>
/// A receiver whose queue is full loses its oldest frame: what is late is worth least, and its sender learns soonest. When all slots are used, the
/// longest of a few queues does. So a receiver that takes nothing costs no other one anything but that memory.
/// </remarks>
internal sealed class RelayQueues
{
    /// <summary>Bytes a receiver gets in a round: a full packet, so that each turn sends something.</summary>
    public const int Quantum = 1_500;

    /// <summary>Queues that are compared when all slots are used.</summary>
    private const int Compared = 8;

    private readonly RelayBuffers _buffers;
    private readonly int _queueBytes;
    private readonly ITunnelTrace _trace;
    private RelayParcel[] _parcels = [];
    private int[] _next = [];

    /// <summary>The one before whose turn it is; the last of the ring.</summary>
    private RelayQueue? _last;

    public RelayQueues(RelayBuffers buffers, int queueBytes, ITunnelTrace trace)
    {
        _buffers = buffers;
        _queueBytes = queueBytes;
        _trace = trace;
    }

    /// <summary>Frames that wait.</summary>
    public int Frames { get; private set; }

    /// <summary>Bytes of datagrams that wait.</summary>
    public long Bytes { get; private set; }

    /// <summary>Takes a slot, from the longest of some queues when there is none left; false when nothing waits anywhere either.</summary>
    public bool TryRent(out int slot)
    {
        if (_buffers.TryRent(out slot))
        {
            return true;
        }

        if (_last is null)
        {
            return false;
        }

        var longest = _last;
        var other = _last.Next!;
        for (var compared = 0; compared < Compared && other != _last; compared++)
        {
            longest = other.Bytes > longest.Bytes ? other : longest;
            other = other.Next!;
        }

        // The place in the ring stays when the queue is emptied: it goes at its next turn.
        DropFirst(longest);
        return _buffers.TryRent(out slot);
    }

    /// <summary>Puts a frame at the end of a queue.</summary>
    public void Add(RelayQueue queue, in RelayParcel parcel)
    {
        if (parcel.Slot >= _parcels.Length)
        {
            Array.Resize(ref _parcels, _buffers.Count);
            Array.Resize(ref _next, _buffers.Count);
        }

        _parcels[parcel.Slot] = parcel;
        _next[parcel.Slot] = RelayQueue.None;
        if (queue.First == RelayQueue.None)
        {
            queue.First = parcel.Slot;
        }
        else
        {
            _next[queue.Last] = parcel.Slot;
        }

        queue.Last = parcel.Slot;
        queue.Frames++;
        queue.Bytes += parcel.Length;
        Frames++;
        Bytes += parcel.Length;
        while (queue.Bytes > _queueBytes && queue.Frames > 1)
        {
            DropFirst(queue);
        }

        Enter(queue);
    }

    /// <summary>Takes the next frame to be sent; its slot is the caller's to give back.</summary>
    public bool TryTake(out RelayParcel parcel, out RelayQueue queue)
    {
        while (_last is not null)
        {
            queue = _last.Next!;
            if (queue.First == RelayQueue.None)
            {
                Leave(queue);
                continue;
            }

            var length = _parcels[queue.First].Length;
            if (queue.Deficit < length)
            {
                queue.Deficit += Quantum;
                _last = queue;
                continue;
            }

            queue.Deficit -= length;
            parcel = Unlink(queue);
            if (queue.First == RelayQueue.None)
            {
                Leave(queue);
            }

            return true;
        }

        parcel = default;
        queue = null!;
        return false;
    }

    /// <summary>Forgets what waits for a receiver that is gone.</summary>
    public void Clear(RelayQueue queue)
    {
        while (queue.First != RelayQueue.None)
        {
            _buffers.Return(Unlink(queue).Slot);
        }
    }

    private void DropFirst(RelayQueue queue)
    {
        if (queue.First == RelayQueue.None)
        {
            return;
        }

        _buffers.Return(Unlink(queue).Slot);
        queue.Dropped++;
        _trace.Dropped(DropReason.QueueFull);
    }

    private RelayParcel Unlink(RelayQueue queue)
    {
        var parcel = _parcels[queue.First];
        queue.First = _next[parcel.Slot];
        if (queue.First == RelayQueue.None)
        {
            queue.Last = RelayQueue.None;
        }

        queue.Frames--;
        queue.Bytes -= parcel.Length;
        Frames--;
        Bytes -= parcel.Length;
        return parcel;
    }

    private void Enter(RelayQueue queue)
    {
        if (queue.Next is not null)
        {
            return;
        }

        if (_last is null)
        {
            queue.Next = queue;
        }
        else
        {
            queue.Next = _last.Next;
            _last.Next = queue;
        }

        // Last of the round: the others come first.
        _last = queue;
    }

    /// <summary>Takes the queue whose turn it is out of the ring; nothing is left over for when it comes again.</summary>
    private void Leave(RelayQueue queue)
    {
        if (queue == _last)
        {
            _last = null;
        }
        else
        {
            _last!.Next = queue.Next;
        }

        queue.Next = null;
        queue.Deficit = 0;
    }
}
