using System;

namespace MeshActors.TestKit.Nat;

/// <summary>How and out of which ports a NAT chooses the outside ports of its mappings.</summary>
/// <param name="Choice">How.</param>
/// <param name="Step">From one mapping to the next, at least 1; for <see cref="PortChoice.Sequential"/>.</param>
/// <param name="BlockSize">Ports of an inside address; for <see cref="PortChoice.Block"/>.</param>
internal sealed record PortAllocation(PortChoice Choice, int Step = 1, int BlockSize = 0)
{
    public static readonly PortAllocation Preserving = new(PortChoice.Preserving);
    public static readonly PortAllocation Random = new(PortChoice.Random);

    /// <summary>First port that mappings get.</summary>
    public int First { get; init; } = 1_024;

    /// <summary>Last port that mappings get.</summary>
    public int Last { get; init; } = ushort.MaxValue;

    /// <summary>Ports of one address.</summary>
    public int Ports => Last - First + 1;

    /// <summary>Among how many ports a peer has to look for the next mapping: 1 when it can be foretold.</summary>
    public int Candidates => Choice switch
    {
        PortChoice.Preserving or PortChoice.Sequential => 1,
        PortChoice.Block => BlockSize,
        _ => Ports,
    };

    public static PortAllocation Sequential(int step) => new(PortChoice.Sequential, Step: step);

    public static PortAllocation Block(int ports) => new(PortChoice.Block, BlockSize: ports);

    /// <exception cref="ArgumentException">The ports, the step or the block make no sense.</exception>
    public void Check()
    {
        if (First < 1 || Last > ushort.MaxValue || First > Last)
        {
            throw new ArgumentException($"There are no ports {First} to {Last}.");
        }

        if (Step < 1 || (Choice == PortChoice.Block && (BlockSize < 1 || BlockSize > Ports)))
        {
            throw new ArgumentException($"A step of {Step}, or a block of {BlockSize} ports, does not go into {First} to {Last}.");
        }
    }
}
