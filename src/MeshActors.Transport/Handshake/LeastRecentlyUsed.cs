using System;
using System.Collections.Generic;

namespace MeshActors.Transport.Handshake;

/// <summary>A dictionary with a bound: when it is full, the entry that was used the longest time ago goes.</summary>
internal sealed class LeastRecentlyUsed<TKey, TValue>
    where TKey : struct
{
    private readonly Dictionary<TKey, LinkedListNode<(TKey Key, TValue Value)>> _nodes = [];
    private readonly LinkedList<(TKey Key, TValue Value)> _byUse = new();
    private readonly int _capacity;
    private readonly Action<TValue>? _evicted;

    /// <param name="capacity">Entries at most, at least 1.</param>
    /// <param name="evicted">Told of the value of each entry that goes.</param>
    public LeastRecentlyUsed(int capacity, Action<TValue>? evicted = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        _capacity = capacity;
        _evicted = evicted;
    }

    public int Count => _nodes.Count;

    /// <summary>Reads an entry without using it.</summary>
    public bool TryPeek(TKey key, out TValue? value)
    {
        var found = _nodes.TryGetValue(key, out var node);
        value = found ? node!.Value.Value : default;
        return found;
    }

    /// <summary>Reads an entry, which becomes the last used one.</summary>
    public bool TryGet(TKey key, out TValue? value)
    {
        if (!TryPeek(key, out value))
        {
            return false;
        }

        Set(key, value!);
        return true;
    }

    /// <summary>Adds or replaces an entry, which becomes the last used one. Allocates only while there is room for more.</summary>
    public void Set(TKey key, TValue value)
    {
        if (_nodes.TryGetValue(key, out var node))
        {
            _byUse.Remove(node);
        }
        else if (_nodes.Count == _capacity)
        {
            node = _byUse.First!;
            _nodes.Remove(node.Value.Key);
            _byUse.RemoveFirst();
            _evicted?.Invoke(node.Value.Value);
            _nodes.Add(key, node);
        }
        else
        {
            node = new LinkedListNode<(TKey Key, TValue Value)>(default);
            _nodes.Add(key, node);
        }

        node.Value = (key, value);
        _byUse.AddLast(node);
    }
}
