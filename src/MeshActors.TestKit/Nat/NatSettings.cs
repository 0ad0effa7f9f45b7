using System;
using System.Collections.Generic;
using MeshActors.TestKit.Simulation;

namespace MeshActors.TestKit.Nat;

/// <summary>How a NAT between IPv4 and IPv4 behaves, in the words of RFC 4787.</summary>
/// <param name="Mapping">What of the destination decides whether an inside endpoint keeps its mapping.</param>
/// <param name="Filtering">What of the source has to be an earlier destination for a packet to come in.</param>
/// <param name="Allocation">How outside ports are chosen.</param>
internal sealed record NatSettings(NatDependence Mapping, NatDependence Filtering, PortAllocation Allocation) : IBoxSettings
{
    /// <summary>A mapping, and a permission to come in, ends after so long without being refreshed. RFC 4787 asks for at least 2 minutes, devices have 30 s and more.</summary>
    public TimeSpan Expiry { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Whether packets from outside refresh too; those from inside always do (RFC 4787, section 4.3).</summary>
    public bool RefreshedByInbound { get; init; }

    public NatHairpin Hairpin { get; init; } = NatHairpin.On;

    /// <summary>Mappings at most.</summary>
    public int Capacity { get; init; } = 16_384;

    public NatOverflow Overflow { get; init; } = NatOverflow.OldestGoes;

    /// <summary>Outside addresses.</summary>
    public int Addresses { get; init; } = 1;

    public NatPooling Pooling { get; init; } = NatPooling.Paired;

    public BoxBehaviour? Behaviour(bool overIPv4) => !overIPv4 ? null : new(Mapping, Filtering, Allocation.Choice == PortChoice.Preserving, Allocation.Candidates)
    {
        Expiry = Expiry,
        Capacity = Math.Min(Capacity, Allocation.Choice == PortChoice.Block ? Allocation.BlockSize : Allocation.Ports * Addresses),
        Hairpin = Hairpin,
        HasArbitraryAddresses = Addresses > 1 && Pooling == NatPooling.Arbitrary,
    };

    public int OutsideAddresses => Addresses;

    public ISimBox Build(IReadOnlyList<UInt128> outside, SimRandom random) => new SimNat(this, outside, random);
}
