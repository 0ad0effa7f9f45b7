using System;
using System.Collections.Generic;
using MeshActors.TestKit.Simulation;

namespace MeshActors.TestKit.Nat;

/// <summary>How a box behaves that lets hosts with IPv6 alone reach IPv4 (RFC 6146).</summary>
/// <param name="Nat">How it maps and filters on the side of IPv4.</param>
internal sealed record Nat64Settings(NatSettings Nat) : IBoxSettings
{
    public BoxBehaviour? Behaviour(bool overIPv4) => overIPv4 ? Nat.Behaviour(overIPv4) : BoxBehaviour.Open;

    public int OutsideAddresses => Nat.Addresses;

    public ISimBox Build(IReadOnlyList<UInt128> outside, SimRandom random) => new SimNat64(Nat, outside, random);
}
