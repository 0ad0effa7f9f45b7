namespace MeshActors.Benchmarks.Flood;

/// <summary>What the addresses of a flood have sent to the node (in) and heard from it (out); bytes of UDP payload.</summary>
internal sealed record FloodCounts
{
    public long PacketsIn { get; init; }

    public long BytesIn { get; init; }

    /// <summary>Packets that the system did not take from the flood's source.</summary>
    public long Refused { get; init; }

    public long PacketsOut { get; init; }

    public long BytesOut { get; init; }

    /// <summary>Of the packets out, second messages.</summary>
    public long Answers { get; init; }

    /// <summary>Cookies that were opened and returned.</summary>
    public long Cookies { get; init; }

    /// <summary>Bytes out for each byte in, of the address where that is most.</summary>
    public double WorstOutPerIn { get; init; }
}
