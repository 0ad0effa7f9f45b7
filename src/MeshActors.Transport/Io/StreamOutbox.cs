using System;
using System.Buffers;
using System.Threading;

namespace MeshActors.Transport.Io;

/// <summary>Messages on their way from the process's threads to the driver loop, in order.</summary>
/// <remarks>
/// Adding costs one uncontended lock; the loop takes all there is at once, in an array that is rented for as long as messages wait in it. So a
/// stream that is silent holds none, and in the steady state no message costs memory. Bounded by <see cref="MeshStream"/>.
/// </remarks>
internal sealed class StreamOutbox
{
    private const int LeastCapacity = 4;

    private readonly Lock _gate = new();
    private ReadOnlyMemory<byte>[] _added = [];
    private ReadOnlyMemory<byte>[] _taken = [];
    private int _count;
    private int _takenCount;

    /// <summary>Adds a message.</summary>
    /// <returns>True when it is the first since <see cref="TakeAll"/>: the driver loop must be told.</returns>
    public bool Add(ReadOnlyMemory<byte> message)
    {
        lock (_gate)
        {
            if (_count == _added.Length)
            {
                Grow();
            }

            _added[_count++] = message;
            return _count == 1;
        }
    }

    /// <summary>Takes all messages; by the driver loop alone, which calls <see cref="Clear"/> when it has handled them.</summary>
    public ReadOnlySpan<ReadOnlyMemory<byte>> TakeAll()
    {
        lock (_gate)
        {
            (_taken, _takenCount) = (_added, _count);
            (_added, _count) = ([], 0);
        }

        return _taken.AsSpan(0, _takenCount);
    }

    /// <summary>Lets go of what was taken.</summary>
    public void Clear()
    {
        _taken.AsSpan(0, _takenCount).Clear();
        Return(_taken);
        _taken = [];
    }

    private static void Return(ReadOnlyMemory<byte>[] array)
    {
        if (array.Length > 0)
        {
            ArrayPool<ReadOnlyMemory<byte>>.Shared.Return(array);
        }
    }

    /// <summary>The first array has room for as many as were taken last.</summary>
    private void Grow()
    {
        var larger = ArrayPool<ReadOnlyMemory<byte>>.Shared.Rent(Math.Max(LeastCapacity, Math.Max(_takenCount, 2 * _count)));
        var old = _added.AsSpan(0, _count);
        old.CopyTo(larger);
        old.Clear();
        Return(_added);
        _added = larger;
    }
}
