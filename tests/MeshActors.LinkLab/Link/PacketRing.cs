using System;
using System.Runtime.InteropServices;
using MeshActors.Transport.Diagnostics;

namespace MeshActors.LinkLab.Link;

/// <summary>Packets in the order they came, each with the time it is due, in one block of memory outside the heap.</summary>
/// <remarks>
/// A record is its due time, its length and its bytes, padded to 16; one that does not fit before the end of the block
/// begins at its start. Owned by one thread.
/// </remarks>
internal sealed unsafe class PacketRing : IDisposable
{
    private const int HeaderBytes = 16;
    private const int Skip = -1;

    private readonly long _capacity;
    private byte* _memory;
    private long _head;
    private long _tail;
    private long _used;

    /// <param name="capacity">Bytes of the block.</param>
    public PacketRing(long capacity)
    {
        _capacity = Padded(capacity);
        _memory = (byte*)NativeMemory.Alloc((nuint)_capacity);
    }

    public bool IsEmpty => _used == 0;

    /// <summary>When the first packet is due; only when there is one.</summary>
    public double FirstDue
    {
        get
        {
            Invariant.Require(_used > 0, "the ring is empty");
            SkipGap();
            return *(double*)(_memory + _head);
        }
    }

    /// <summary>Copies a packet behind all others.</summary>
    /// <returns>False when there is no room.</returns>
    public bool TryAdd(ReadOnlySpan<byte> packet, double due)
    {
        ObjectDisposedException.ThrowIf(_memory is null, this);
        var size = Padded(HeaderBytes + packet.Length);
        var toEnd = _capacity - _tail;
        var gap = size > toEnd ? toEnd : 0;
        if (_used + gap + size > _capacity)
        {
            return false;
        }

        if (gap > 0)
        {
            *(int*)(_memory + _tail + sizeof(double)) = Skip;
            _tail = 0;
        }

        *(double*)(_memory + _tail) = due;
        *(int*)(_memory + _tail + sizeof(double)) = packet.Length;
        packet.CopyTo(new Span<byte>(_memory + _tail + HeaderBytes, packet.Length));
        _tail = (_tail + size) % _capacity;
        _used += gap + size;
        return true;
    }

    /// <summary>Takes the first packet off; the bytes stay until the next one is added. Only when there is one.</summary>
    public ReadOnlySpan<byte> Take()
    {
        Invariant.Require(_used > 0, "the ring is empty");
        SkipGap();
        var length = *(int*)(_memory + _head + sizeof(double));
        var packet = new ReadOnlySpan<byte>(_memory + _head + HeaderBytes, length);
        var size = Padded(HeaderBytes + length);
        _head = (_head + size) % _capacity;
        _used -= size;
        return packet;
    }

    public void Dispose()
    {
        NativeMemory.Free(_memory);
        _memory = null;
        _used = 0;
    }

    private static long Padded(long bytes) => (bytes + HeaderBytes - 1) / HeaderBytes * HeaderBytes;

    private void SkipGap()
    {
        if (*(int*)(_memory + _head + sizeof(double)) == Skip)
        {
            _used -= _capacity - _head;
            _head = 0;
        }
    }
}
