namespace MeshActors.NatLab.Nodes;

/// <summary>What a node of the laboratory tells, as one line of JSON.</summary>
/// <param name="Kind">One of the constants.</param>
/// <param name="At">When, in nanoseconds of the machine's clock, which all processes share.</param>
internal sealed record NodeEvent(string Kind, long At)
{
    /// <summary>It runs; with <see cref="Peer"/>.</summary>
    public const string Up = "up";

    /// <summary>It has its leases; with <see cref="Peer"/>.</summary>
    public const string Described = "described";

    /// <summary>It begins to open a tunnel.</summary>
    public const string Begun = "begun";

    /// <summary>The first number of the peer is there.</summary>
    public const string First = "first";

    /// <summary>Packets take another path; with <see cref="Path"/>.</summary>
    public const string Moved = "path";

    /// <summary>What was heard; with <see cref="Heard"/>, <see cref="Wrong"/>, <see cref="WorstGapMs"/>.</summary>
    public const string Figures = "figures";

    /// <summary>Something failed; with <see cref="Error"/>.</summary>
    public const string Failed = "failed";

    public PeerWords? Peer { get; init; }

    /// <summary>The peer's endpoint, or <c>relayed</c>.</summary>
    public string? Path { get; init; }

    /// <summary>Numbers.</summary>
    public long Heard { get; init; }

    /// <summary>Numbers that were not the one after the last.</summary>
    public long Wrong { get; init; }

    /// <summary>The longest silence between two numbers.</summary>
    public double WorstGapMs { get; init; }

    public string? Error { get; init; }
}
