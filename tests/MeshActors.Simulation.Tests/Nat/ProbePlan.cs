using System.Collections.Generic;

namespace MeshActors.Simulation.Tests.Nat;

/// <summary>What a prober sends to.</summary>
internal enum ProbeTarget
{
    /// <summary>Where the other was last heard from.</summary>
    Heard,

    /// <summary>The outside endpoint of the other's first socket, as a server saw it.</summary>
    Reflexive,

    /// <summary>The outside endpoint that the other's next mapping will have, as far as it can be foretold.</summary>
    Next,

    /// <summary>Some port of the other's outside address.</summary>
    Somewhere,

    /// <summary>The other's own address.</summary>
    Host,

    /// <summary>Every port that the other's mappings may have.</summary>
    AllPorts,
}

/// <summary>What one side does in a phase.</summary>
/// <param name="Target">To what it sends.</param>
/// <param name="Fresh">Whether from a new socket, or else from the last one.</param>
internal readonly record struct ProbeAction(ProbeTarget Target, bool Fresh);

/// <summary>What both sides do, phase by phase.</summary>
internal sealed record ProbePlan(IReadOnlyList<(ProbeAction A, ProbeAction B)> Phases);
