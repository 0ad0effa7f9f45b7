using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MeshActors.Transport.Time;

namespace MeshActors.Discovery;

/// <summary>Questions of one stream that are not answered yet, each with its deadline.</summary>
internal sealed class OpenQuestions
{
    private readonly SortedDictionary<ulong, MonoTime> _deadlines = [];

    /// <summary>True when no further one may be asked: one request is kept for registrations and beats.</summary>
    public bool IsFull => _deadlines.Count >= RecordLimits.MaxInFlight - 1;

    /// <summary>The first deadline, or null when nothing is open.</summary>
    public MonoTime? NextTimeout => _deadlines.Count == 0 ? null : _deadlines.Values.Min();

    public void Add(ulong question, MonoTime deadline) => _deadlines.Add(question, deadline);

    /// <summary>False when it is not open, or no longer.</summary>
    public bool Remove(ulong question) => _deadlines.Remove(question);

    /// <summary>Removes those whose deadline has come, the oldest first.</summary>
    public ImmutableArray<ulong> TakeExpired(MonoTime now)
    {
        ImmutableArray<ulong> expired = [.. _deadlines.Where(open => open.Value <= now).Select(open => open.Key)];
        foreach (var question in expired)
        {
            _deadlines.Remove(question);
        }

        return expired;
    }

    /// <summary>Removes all, the oldest first.</summary>
    public ImmutableArray<ulong> TakeAll()
    {
        ImmutableArray<ulong> all = [.. _deadlines.Keys];
        _deadlines.Clear();
        return all;
    }
}
