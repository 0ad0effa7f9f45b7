using System;
using System.Buffers;
using System.Collections.Generic;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Threading;

namespace MeshActors.Transport.Io;

/// <summary>Memory of messages whose handlers give it back, for one engine: rented on the driver loop, returned by any thread.</summary>
/// <remarks>
/// The framework's shared pool keeps a few arrays of each size; here a whole turn of the loop rents before the first is returned, so all of that is kept. At
/// the bound the size that nobody rented for longest makes room: pages that one long gap needed must not keep messages out for good.
/// </remarks>
internal sealed class MessagePool : ArrayPool<byte>
{
    /// <summary>Most bytes kept: what one stream may have ahead of a gap, and as much in messages.</summary>
    public const int MostBytes = 32 * 1024 * 1024;

    private const int LeastArray = 16;
    private const int LargestArray = 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly Stack<byte[]>?[] _free = new Stack<byte[]>?[BitOperations.Log2(LargestArray) + 1];
    private readonly long[] _rentedAt = new long[BitOperations.Log2(LargestArray) + 1];
    private long _rents;
    private int _bytes;

    /// <summary>Bytes kept now.</summary>
    public int Bytes
    {
        get
        {
            lock (_gate)
            {
                return _bytes;
            }
        }
    }

    /// <summary>An array with room for so many bytes, its content undefined.</summary>
    public override byte[] Rent(int minimumLength)
    {
        if (minimumLength > LargestArray)
        {
            return GC.AllocateUninitializedArray<byte>(minimumLength);
        }

        var length = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(minimumLength, LeastArray));
        var size = BitOperations.Log2((uint)length);
        lock (_gate)
        {
            _rentedAt[size] = ++_rents;
            if (_free[size] is { Count: > 0 } free)
            {
                _bytes -= length;
                return free.Pop();
            }
        }

        return GC.AllocateUninitializedArray<byte>(length);
    }

    /// <summary>Takes an array back that nobody touches again; one of another size than is kept is let go.</summary>
    public override void Return(byte[] array, bool clearArray = false)
    {
        var length = array.Length;
        if (length is < LeastArray or > LargestArray || !BitOperations.IsPow2(length))
        {
            return;
        }

        var size = BitOperations.Log2((uint)length);
        lock (_gate)
        {
            MakeRoom(length, size);
            if (_bytes + length <= MostBytes)
            {
                _bytes += length;
                (_free[size] ??= new Stack<byte[]>()).Push(array);
            }
        }
    }

    /// <summary>Lets go of arrays of sizes that were rented longer ago than this one.</summary>
    private void MakeRoom(int length, int size)
    {
        while (_bytes + length > MostBytes && OldestBefore(size) is { } oldest)
        {
            _free[oldest]!.Pop();
            _bytes -= 1 << oldest;
        }
    }

    /// <summary>The size rented longest ago of those that have arrays here; null when that is this one.</summary>
    private int? OldestBefore(int size)
    {
        var oldest = size;
        for (var other = 0; other < _free.Length; other++)
        {
            if (_free[other] is { Count: > 0 } && _rentedAt[other] < _rentedAt[oldest])
            {
                oldest = other;
            }
        }

        return oldest == size ? null : oldest;
    }

    /// <summary>Takes the memory of a message back.</summary>
    public void TakeBack(ReadOnlyMemory<byte> message)
    {
        if (MemoryMarshal.TryGetArray(message, out var segment) && segment.Offset == 0)
        {
            Return(segment.Array!);
        }
    }
}
