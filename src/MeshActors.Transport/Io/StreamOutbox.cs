using System;
using System.Threading;

namespace MeshActors.Transport.Io;

/// <summary>Messages on their way from the process's threads to the driver loop, in order; two arrays that change places.</summary>
/// <remarks>
/// Adding costs one uncontended lock and no memory in the steady state; the loop takes all there is at once. Bounded by <see cref="MeshStream"/>.
/// </remarks>
internal sealed class StreamOutbox
{
    private const int FirstCapacity = 4;

    /// <summary>A longer array that was hardly used is let go.</summary>
    private const int KeptCapacity = 256;

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
                Array.Resize(ref _added, Math.Max(FirstCapacity, 2 * _count));
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
            (_added, _taken) = (_taken, _added);
            (_count, _takenCount) = (0, _count);
        }

        return _taken.AsSpan(0, _takenCount);
    }

    /// <summary>Lets go of what was taken.</summary>
    public void Clear()
    {
        if (_taken.Length > KeptCapacity && _takenCount < _taken.Length / 16)
        {
            _taken = [];
        }
        else
        {
            _taken.AsSpan(0, _takenCount).Clear();
        }

        _takenCount = 0;
    }
}
