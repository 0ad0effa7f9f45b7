using System;

namespace MeshActors.Transport.Wire;

/// <summary>A bounded set of packet numbers, kept as ranges; at the bound the lowest range is forgotten.</summary>
/// <remarks>A forgotten number is never acknowledged again, so its sender sends the content once more: safe, only wasteful.</remarks>
internal sealed class AckRanges
{
    private const int FirstCapacity = 4;

    private readonly int _capacity;
    private AckRange[] _ranges = [];
    private int _count;

    /// <param name="capacity">Most ranges kept, at least 1.</param>
    public AckRanges(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        _capacity = capacity;
    }

    /// <summary>Ranges held.</summary>
    public int Count => _count;

    /// <summary>The ranges, from the lowest (0) to the highest.</summary>
    public AckRange this[int index] => _ranges.AsSpan(0, _count)[index];

    /// <summary>The largest number in the set; the set is not empty.</summary>
    public ulong Largest => this[_count - 1].Largest;

    public bool Contains(ulong number)
    {
        var index = IndexAtOrBelow(number);
        return index >= 0 && number <= _ranges[index].Largest;
    }

    /// <summary>Adds a number.</summary>
    /// <returns>False when it was in the set, or is lower than all of a full set and so is forgotten at once.</returns>
    public bool Add(ulong number)
    {
        if (_count > 0 && number == _ranges[_count - 1].Largest + 1)
        {
            // In order, as most are.
            _ranges[_count - 1] = _ranges[_count - 1] with { Largest = number };
            return true;
        }

        var below = IndexAtOrBelow(number);
        if (below >= 0 && number <= _ranges[below].Largest)
        {
            return false;
        }

        var joinsBelow = below >= 0 && _ranges[below].Largest + 1 == number;
        var joinsAbove = below + 1 < _count && _ranges[below + 1].Smallest == number + 1;
        if (joinsBelow && joinsAbove)
        {
            _ranges[below] = _ranges[below] with { Largest = _ranges[below + 1].Largest };
            RemoveAt(below + 1);
        }
        else if (joinsBelow)
        {
            _ranges[below] = _ranges[below] with { Largest = number };
        }
        else if (joinsAbove)
        {
            _ranges[below + 1] = _ranges[below + 1] with { Smallest = number };
        }
        else
        {
            return Insert(below + 1, number);
        }

        return true;
    }

    /// <summary>Forgets all numbers below <paramref name="number"/>.</summary>
    public void RemoveBelow(ulong number)
    {
        while (_count > 0 && _ranges[0].Smallest < number)
        {
            if (_ranges[0].Largest >= number)
            {
                _ranges[0] = _ranges[0] with { Smallest = number };
                return;
            }

            RemoveAt(0);
        }
    }

    public void Clear() => _count = 0;

    /// <summary>Index of the last range that begins at or below the number, or -1. Searched from the top: new numbers are high.</summary>
    private int IndexAtOrBelow(ulong number)
    {
        var index = _count - 1;
        while (index >= 0 && _ranges[index].Smallest > number)
        {
            index--;
        }

        return index;
    }

    private bool Insert(int index, ulong number)
    {
        if (_count == _ranges.Length && _count < _capacity)
        {
            Array.Resize(ref _ranges, Math.Min(_capacity, Math.Max(FirstCapacity, 2 * _count)));
        }

        if (_count == _capacity)
        {
            if (index == 0)
            {
                return false;
            }

            RemoveAt(0);
            index--;
        }

        Array.Copy(_ranges, index, _ranges, index + 1, _count - index);
        _ranges[index] = new AckRange(number, number);
        _count++;
        return true;
    }

    private void RemoveAt(int index)
    {
        _count--;
        Array.Copy(_ranges, index + 1, _ranges, index, _count - index);
    }
}
