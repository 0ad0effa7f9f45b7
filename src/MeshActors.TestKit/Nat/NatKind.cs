using System;
using MeshActors.TestKit.Simulation;

namespace MeshActors.TestKit.Nat;

/// <summary>A named kind of access; simulator and laboratory know it by the same name.</summary>
/// <param name="Name">In small letters, with hyphens.</param>
/// <param name="Create">Makes one: what the name leaves open (timers, hairpin, how cones choose ports) is chance.</param>
internal sealed record NatKind(string Name, Func<SimRandom, NatAccess> Create)
{
    public override string ToString() => Name;
}
