using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;

namespace MeshActors.Discovery;

/// <summary>One question put to several backbones: collects the answers until all are in.</summary>
/// <remarks>
/// Of one node's records the newest counts; of equally new ones, which may show different capabilities at different
/// backbones, everything. Two root keys with one address are a conflict that nobody here can settle: neither is used.
/// </remarks>
internal sealed class RecordMerge
{
    private readonly Dictionary<RecordKey, RecordMatch> _matches = [];
    private readonly List<RecordKey> _order = [];
    private readonly List<string> _similar = [];
    private int _open;

    /// <param name="backbones">How many were asked.</param>
    public RecordMerge(int backbones)
    {
        _open = backbones;
    }

    /// <summary>True once each backbone has answered, or is known not to.</summary>
    public bool IsComplete => _open <= 0;

    /// <summary>True when at least one backbone has answered.</summary>
    public bool IsAnswered { get; private set; }

    /// <summary>Names near the one asked for, each once.</summary>
    public ImmutableArray<string> Similar => [.. _similar];

    public void HandleAnswer(ImmutableArray<RecordMatch> matches, ImmutableArray<string> similar)
    {
        _open--;
        IsAnswered = true;
        foreach (var name in similar)
        {
            if (_similar.Count < RecordLimits.MaxSimilar && !_similar.Contains(name, StringComparer.Ordinal))
            {
                _similar.Add(name);
            }
        }

        foreach (var match in matches)
        {
            Add(match);
        }
    }

    /// <summary>One backbone will not answer.</summary>
    public void HandleSilence() => _open--;

    /// <summary>The records, in the order they came; at most <see cref="RecordLimits.MaxMatches"/>.</summary>
    public ImmutableArray<RecordMatch> ToMatches()
    {
        var rootsByAddress = _order.ToLookup(key => key.Address);
        return
        [
            .. _order.Where(key => rootsByAddress[key.Address].Count() == 1)
                .Select(key => _matches[key])
                .Take(RecordLimits.MaxMatches),
        ];
    }

    private void Add(RecordMatch match)
    {
        var key = match.Record.Key;
        if (!_matches.TryGetValue(key, out var known))
        {
            _matches.Add(key, match);
            _order.Add(key);
        }
        else if (match.Record.Sequence > known.Record.Sequence)
        {
            _matches[key] = match;
        }
        else if (match.Record.Sequence == known.Record.Sequence)
        {
            _matches[key] = Unite(known, match);
        }
    }

    private static RecordMatch Unite(RecordMatch a, RecordMatch b) => new(
        a.Record with
        {
            Capabilities = [.. a.Record.Capabilities.Union(b.Record.Capabilities).Take(RecordLimits.MaxCapabilities)],
            Peer = a.Record.Peer with
            {
                Endpoints = [.. a.Record.Peer.Endpoints.Union(b.Record.Peer.Endpoints).Take(RecordLimits.MaxEndpoints)],
                Relays = [.. a.Record.Peer.Relays.Union(b.Record.Peer.Relays).Take(RecordLimits.MaxRelays)],
            },
        },
        Math.Max(a.Uptime, b.Uptime));
}
