using System;
using MeshActors.Discovery;

namespace MeshActors.Backbone;

/// <summary>Bounds of a directory.</summary>
/// <param name="MaxRecords">Records held at most; the next registration is refused.</param>
/// <param name="LongestLease">Leases asked for are cut to it; at least <see cref="RecordLimits.ShortestLease"/>.</param>
internal sealed record RecordTableSettings(int MaxRecords, TimeSpan LongestLease)
{
    /// <summary>A million records, seven days.</summary>
    public static readonly RecordTableSettings Default = new(1_000_000, RecordLimits.LongestLease);
}
