namespace MeshActors.Backbone;

/// <summary>What became of a registration.</summary>
internal enum RegisterOutcome
{
    /// <summary>The record counts, under a fresh lease.</summary>
    Registered,

    /// <summary>Another root key holds the address under a lease.</summary>
    AddressTaken,

    /// <summary>A record of the same node with a higher sequence stays.</summary>
    StaleRecord,

    /// <summary>The table holds as many records as it may.</summary>
    Full,
}
