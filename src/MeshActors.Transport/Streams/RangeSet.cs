using System;

namespace MeshActors.Transport.Streams;

/// <summary>Half-open ranges of stream offsets, sorted and disjoint; neighbours are merged.</summary>
/// <remarks>Not bounded by itself: its owner adds no more than its own bound allows, and looks at <see cref="Count"/>.</remarks>
internal sealed class RangeSet
{
    private const int FirstCapacity = 4;

    private (long Start, long End)[] _ranges = [];
    private int _count;

    public int Count => _count;

    public bool IsEmpty => _count == 0;

    /// <summary>The ranges, from the lowest (0) to the highest.</summary>
    public (long Start, long End) this[int index] => _ranges.AsSpan(0, _count)[index];

    /// <summary>Adds a range of at least one offset.</summary>
    public void Add(long start, long end)
    {
        var first = FirstEndingAtOrAfter(start);
        var last = first;
        while (last < _count && _ranges[last].Start <= end)
        {
            start = Math.Min(start, _ranges[last].Start);
            end = Math.Max(end, _ranges[last].End);
            last++;
        }

        Replace(first, last, (start, end));
    }

    /// <summary>Takes a range of at least one offset out.</summary>
    public void Remove(long start, long end)
    {
        var index = FirstEndingAtOrAfter(start + 1);
        while (index < _count && _ranges[index].Start < end)
        {
            var (from, to) = _ranges[index];
            if (from < start && to > end)
            {
                _ranges[index].End = start;
                Replace(index + 1, index + 1, (end, to));
                return;
            }

            if (from < start)
            {
                _ranges[index++].End = start;
            }
            else if (to > end)
            {
                _ranges[index].Start = end;
                return;
            }
            else
            {
                RemoveAt(index, 1);
            }
        }
    }

    /// <summary>Takes the lowest offsets out, all of one range.</summary>
    /// <param name="most">Most offsets to take, at least 1.</param>
    public (long Start, long End) TakeFirst(long most)
    {
        var (start, end) = this[0];
        if (end - start <= most)
        {
            RemoveAt(0, 1);
            return (start, end);
        }

        _ranges[0].Start = start + most;
        return (start, start + most);
    }

    /// <summary>True when all of a range of at least one offset is in the set.</summary>
    public bool Covers(long start, long end)
    {
        var index = FirstEndingAtOrAfter(end);
        return index < _count && _ranges[index].Start <= start;
    }

    public void Clear() => _count = 0;

    /// <summary>Index of the first range whose end is at or after an offset; <see cref="Count"/> when none is.</summary>
    private int FirstEndingAtOrAfter(long offset)
    {
        var low = 0;
        var high = _count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_ranges[middle].End < offset)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private void Replace(int first, int last, (long Start, long End) range)
    {
        if (first == last)
        {
            if (_count == _ranges.Length)
            {
                Array.Resize(ref _ranges, Math.Max(FirstCapacity, _count * 2));
            }

            Array.Copy(_ranges, first, _ranges, first + 1, _count - first);
            _count++;
        }
        else if (last - first > 1)
        {
            RemoveAt(first + 1, last - first - 1);
        }

        _ranges[first] = range;
    }

    private void RemoveAt(int index, int count)
    {
        _count -= count;
        Array.Copy(_ranges, index + count, _ranges, index, _count - index);
    }
}
