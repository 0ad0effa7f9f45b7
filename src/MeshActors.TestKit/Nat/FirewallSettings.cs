using System;
using System.Collections.Generic;
using MeshActors.TestKit.Simulation;

namespace MeshActors.TestKit.Nat;

/// <summary>How a box behaves that translates nothing.</summary>
/// <param name="BlocksUdp">Whether no UDP passes at all.</param>
/// <param name="Filtering">What of the source has to be an earlier destination for a packet to come in.</param>
internal sealed record FirewallSettings(
    bool BlocksUdp = false, NatDependence Filtering = NatDependence.AddressAndPortDependent) : IBoxSettings
{
    /// <summary>A permission to come in ends after so long without being refreshed.</summary>
    public TimeSpan Expiry { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Whether packets from outside refresh too.</summary>
    public bool RefreshedByInbound { get; init; }

    public BoxBehaviour? Behaviour(bool overIPv4) => new(NatDependence.EndpointIndependent, Filtering, KeepsPort: true, PortCandidates: 1)
    {
        Expiry = Expiry,
        BlocksUdp = BlocksUdp,
        Translates = false,
    };

    public int OutsideAddresses => 0;

    public ISimBox Build(IReadOnlyList<UInt128> outside, SimRandom random) => new SimFirewall(this);
}
