using System;
using System.Collections.Generic;
using System.Threading;

namespace MeshActors.Transport.Diagnostics;

/// <summary>One counter for each <see cref="DropReason"/>; written by the driver loop, read by anyone.</summary>
internal sealed class DropCounters : ITunnelTrace
{
    private readonly long[] _counts = new long[Enum.GetValues<DropReason>().Length];

    public long this[DropReason reason] => Volatile.Read(ref _counts[(int)reason]);

    /// <summary>All counters that are not zero.</summary>
    public IReadOnlyList<(DropReason Reason, long Count)> Snapshot()
    {
        var snapshot = new List<(DropReason, long)>();
        foreach (var reason in Enum.GetValues<DropReason>())
        {
            if (this[reason] is > 0 and var count)
            {
                snapshot.Add((reason, count));
            }
        }

        return snapshot;
    }

    public void Dropped(DropReason reason) => Interlocked.Increment(ref _counts[(int)reason]);
}
