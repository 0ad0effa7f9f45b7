using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using MeshActors.Discovery;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Diagnostics;
using MeshActors.Transport.Time;

namespace MeshActors.Backbone;

/// <summary>The directory: records under leases, and who can do what.</summary>
/// <remarks>
/// A registration grants a lease that each beat renews. A record without a beat for
/// <see cref="RecordLimits.ListedFor"/> is in no answer but keeps its address; at the end of the lease it is gone. Of two
/// records of a node the one with the higher sequence stays. Of two root keys with one address the first stays as long as
/// its lease lasts. Nothing outlives the process: nodes register again. Holds no clock and knows no tunnel: whether who
/// registers is who they say was checked before.
/// </remarks>
internal sealed class RecordTable
{
    /// <summary>A queue of so few ends is never worth cleaning.</summary>
    private const int MinQueue = 64;

    private readonly RecordTableSettings _settings;
    private readonly IRandomSource _random;
    private readonly Dictionary<MeshAddress, RecordEntry> _byAddress = [];
    private readonly Dictionary<ulong, RecordEntry> _byId = [];
    private readonly CapabilityIndex _index = new();
    private readonly PriorityQueue<RecordEntry, MonoTime> _byLease = new();
    private ulong _nextId;

    public RecordTable(RecordTableSettings settings, IRandomSource random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.LongestLease, RecordLimits.ShortestLease);
        _settings = settings;
        _random = random;

        // Ids of the process before must mean nothing here.
        _nextId = random.NextUInt64() >> 1;
    }

    /// <summary>Records held, listed or not.</summary>
    public int Count => _byAddress.Count;

    /// <summary>Ends that are queued: those of the records held, and few others.</summary>
    public int QueuedEnds => _byLease.Count;

    /// <summary>When <see cref="HandleTimeout"/> must next be called, or null when nothing is due.</summary>
    public MonoTime? NextTimeout => _byLease.TryPeek(out _, out var due) ? due : null;

    /// <summary>Takes a node's record.</summary>
    /// <param name="record">Within <see cref="RecordLimits"/>.</param>
    /// <param name="lease">What the node asks for; brought into bounds.</param>
    /// <param name="now">The time.</param>
    /// <param name="held">The record that is held for the address afterwards; null when the table is full.</param>
    public RegisterOutcome Register(NodeRecord record, TimeSpan lease, MonoTime now, out RecordEntry? held)
    {
        HandleTimeout(now);
        if (!_byAddress.TryGetValue(record.Peer.Address, out held))
        {
            if (Count >= _settings.MaxRecords)
            {
                return RegisterOutcome.Full;
            }

            held = new RecordEntry(_nextId++, record, now) { Lease = Bound(lease) };
            _byAddress.Add(record.Peer.Address, held);
            _byId.Add(held.Id, held);
            _index.Add(held);
            Schedule(held);
            return RegisterOutcome.Registered;
        }

        if (held.Record.Key != record.Key)
        {
            return RegisterOutcome.AddressTaken;
        }

        if (record.Sequence < held.Record.Sequence)
        {
            return RegisterOutcome.StaleRecord;
        }

        // Of the same sequence too: the endpoint the backbone sees may be another.
        _index.Remove(held);
        held.Replace(record);
        _index.Add(held);
        held.Beats.HandleBeat(now);
        held.Lease = Bound(lease);
        Schedule(held);
        return RegisterOutcome.Registered;
    }

    /// <summary>Takes a beat.</summary>
    /// <returns>False when there is no such record of that node: it must register again.</returns>
    public bool Renew(ulong id, RecordKey owner, ulong sequence, MonoTime now)
    {
        HandleTimeout(now);
        if (!TryFind(id, owner, out var entry) || entry.Record.Sequence != sequence)
        {
            return false;
        }

        entry.Beats.HandleBeat(now);
        return true;
    }

    /// <summary>The node leaves.</summary>
    /// <returns>False when there is no such record of that node.</returns>
    public bool Release(ulong id, RecordKey owner)
    {
        if (!TryFind(id, owner, out var entry))
        {
            return false;
        }

        Remove(entry);
        return true;
    }

    /// <summary>Answers a question; when more fit than are wanted, chance says which.</summary>
    public RecordAnswer Query(RecordQuestion question, int limit, MonoTime now)
    {
        var postings = _index.Find(question.Capability);
        var matches = ImmutableArray.CreateBuilder<RecordMatch>();
        var first = postings.Count == 0 ? 0 : _random.Below(postings.Count);
        for (var i = 0; i < postings.Count && matches.Count < limit; i++)
        {
            if (postings[(first + i) % postings.Count].Entry.Match(question, now) is { } match)
            {
                matches.Add(match);
            }
        }

        return new RecordAnswer(
            matches.ToImmutable(),
            postings.Count > 0
                ? []
                : SimilarNames.Find(question.Capability, _index.Names, RecordLimits.MaxSimilar));
    }

    /// <summary>Ends the leases that are due.</summary>
    public void HandleTimeout(MonoTime now)
    {
        while (_byLease.TryPeek(out var entry, out var due) && due <= now)
        {
            _byLease.Dequeue();
            if (!entry.IsHeld || entry.QueuedFor != due)
            {
                continue;
            }

            if (entry.LeaseUntil <= now)
            {
                Remove(entry);
            }
            else
            {
                // Beats have moved the end since it was queued.
                entry.QueuedFor = entry.LeaseUntil;
                _byLease.Enqueue(entry, entry.LeaseUntil);
            }
        }
    }

    /// <summary>Queues the end of a lease; beats only move it away, so they need not.</summary>
    private void Schedule(RecordEntry entry)
    {
        if (entry.LeaseUntil >= entry.QueuedFor)
        {
            return;
        }

        entry.QueuedFor = entry.LeaseUntil;
        _byLease.Enqueue(entry, entry.LeaseUntil);
        if (_byLease.Count > (2 * Count) + MinQueue)
        {
            // Half of it is about records that are gone, or leases that were cut.
            _byLease.Clear();
            foreach (var held in _byAddress.Values)
            {
                _byLease.Enqueue(held, held.QueuedFor);
            }
        }
    }

    private TimeSpan Bound(TimeSpan lease) =>
        lease < RecordLimits.ShortestLease ? RecordLimits.ShortestLease
        : lease > _settings.LongestLease ? _settings.LongestLease
        : lease;

    private bool TryFind(ulong id, RecordKey owner, [NotNullWhen(true)] out RecordEntry? entry) =>
        _byId.TryGetValue(id, out entry) && entry.Record.Key == owner;

    private void Remove(RecordEntry entry)
    {
        var removed = _byAddress.Remove(entry.Record.Peer.Address) && _byId.Remove(entry.Id);
        Invariant.Require(removed);
        _index.Remove(entry);
        entry.IsHeld = false;
    }
}
