using System;
using System.Collections.Generic;
using MeshActors.Transport.Diagnostics;

namespace MeshActors.Backbone;

/// <summary>Which records offer a capability; adding and removing cost the same however many there are.</summary>
internal sealed class CapabilityIndex
{
    private static readonly List<Posting> Nobody = [];

    private readonly Dictionary<string, List<Posting>> _byName = new(StringComparer.Ordinal);

    /// <summary>Names that somebody offers, in no order.</summary>
    public IReadOnlyCollection<string> Names => _byName.Keys;

    public void Add(RecordEntry entry)
    {
        for (var i = 0; i < entry.Names.Length; i++)
        {
            if (!_byName.TryGetValue(entry.Names[i], out var postings))
            {
                postings = [];
                _byName.Add(entry.Names[i], postings);
            }

            entry.IndexPositions[i] = postings.Count;
            postings.Add(new Posting(entry, i));
        }
    }

    /// <summary>The last record of each list takes the place of the one that leaves.</summary>
    public void Remove(RecordEntry entry)
    {
        for (var i = 0; i < entry.Names.Length; i++)
        {
            var postings = _byName[entry.Names[i]];
            var position = entry.IndexPositions[i];
            Invariant.Require(postings[position].Entry == entry);
            var last = postings[^1];
            postings[position] = last;
            last.Entry.IndexPositions[last.NameIndex] = position;
            postings.RemoveAt(postings.Count - 1);
            if (postings.Count == 0)
            {
                _byName.Remove(entry.Names[i]);
            }
        }
    }

    /// <summary>Those who offer a capability, in no order that means anything.</summary>
    public IReadOnlyList<Posting> Find(string name) => _byName.GetValueOrDefault(name, Nobody);

    /// <summary>One record in the list of one name.</summary>
    /// <param name="Entry">Whose record.</param>
    /// <param name="NameIndex">Position of the name in <see cref="RecordEntry.Names"/>.</param>
    public readonly record struct Posting(RecordEntry Entry, int NameIndex);
}
