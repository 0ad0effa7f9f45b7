using System;
using System.Collections.Immutable;
using System.Linq;
using MeshActors.Capabilities;
using MeshActors.Discovery;
using MeshActors.Transport.Time;

namespace MeshActors.Backbone;

/// <summary>One record under its lease.</summary>
internal sealed class RecordEntry
{
    public RecordEntry(ulong id, NodeRecord record, MonoTime now)
    {
        Id = id;
        Record = record;
        Beats = new BeatHistory(now);
        Names = NamesOf(record);
        IndexPositions = new int[Names.Length];
    }

    public ulong Id { get; }

    public NodeRecord Record { get; private set; }

    public BeatHistory Beats { get; }

    /// <summary>How long the lease lasts without a beat.</summary>
    public TimeSpan Lease { get; set; }

    /// <summary>When the lease ends.</summary>
    public MonoTime LeaseUntil => Beats.LastBeat + Lease;

    /// <summary>The end that stands in the queue of ends; no later than <see cref="LeaseUntil"/>.</summary>
    public MonoTime QueuedFor { get; set; } = MonoTime.Never;

    /// <summary>False once the record was released or has expired.</summary>
    public bool IsHeld { get; set; } = true;

    /// <summary>Names of its capabilities, each once.</summary>
    public ImmutableArray<string> Names { get; private set; }

    /// <summary>Where it stands in the index, by position in <see cref="Names"/>.</summary>
    public int[] IndexPositions { get; private set; }

    /// <summary>Takes the place of the record that was there; the entry is out of the index meanwhile.</summary>
    public void Replace(NodeRecord record)
    {
        Record = record;
        Names = NamesOf(record);
        IndexPositions = new int[Names.Length];
    }

    /// <summary>True when the node has beaten lately enough to be in answers.</summary>
    public bool IsListed(MonoTime now) => now - Beats.LastBeat < RecordLimits.ListedFor && now < LeaseUntil;

    /// <summary>The record with only what the question asks for, or null when nothing of it does.</summary>
    public RecordMatch? Match(RecordQuestion question, MonoTime now)
    {
        if (!IsListed(now) || (question.Filter.Region is { } region && region != Record.Region))
        {
            return null;
        }

        var capabilities = Record.Capabilities.RemoveAll(Mismatches);
        var uptime = Beats.Uptime(now);
        return capabilities.IsEmpty || uptime < question.Filter.MinUptime
            ? null
            : new RecordMatch(Record with { Capabilities = capabilities }, uptime);

        bool Mismatches(CapabilityDescriptor offered) =>
            offered.Name != question.Capability || !offered.Matches(question.Filter);
    }

    private static ImmutableArray<string> NamesOf(NodeRecord record) =>
        [.. record.Capabilities.Select(capability => capability.Name).Distinct(StringComparer.Ordinal)];
}
