using System;

namespace MeshActors.TestKit.Nat;

/// <summary>What one box, or several in a row, do to UDP as seen from outside.</summary>
/// <param name="Mapping">What of the destination decides the outside endpoint.</param>
/// <param name="Filtering">What of the source has to be an earlier destination.</param>
/// <param name="KeepsPort">Whether the outside port is the inside port.</param>
/// <param name="PortCandidates">Among how many ports the next mapping's is: 1 when it can be foretold.</param>
internal sealed record BoxBehaviour(NatDependence Mapping, NatDependence Filtering, bool KeepsPort, int PortCandidates)
{
    /// <summary>No box at all.</summary>
    public static readonly BoxBehaviour Open =
        new(NatDependence.EndpointIndependent, NatDependence.EndpointIndependent, KeepsPort: true, PortCandidates: 1) { Translates = false };

    public TimeSpan Expiry { get; init; } = TimeSpan.MaxValue;

    /// <summary>Mappings that one inside address can have at once.</summary>
    public int Capacity { get; init; } = int.MaxValue;

    public NatHairpin Hairpin { get; init; } = NatHairpin.On;

    public bool BlocksUdp { get; init; }

    public bool Translates { get; init; } = true;

    /// <summary>Whether mappings of one inside address have several outside addresses.</summary>
    public bool HasArbitraryAddresses { get; init; }

    /// <summary>What this box and another one, nearer to the internet, do together.</summary>
    public BoxBehaviour Behind(BoxBehaviour outer) => new(
        (NatDependence)Math.Max((int)Mapping, (int)outer.Mapping),
        (NatDependence)Math.Max((int)Filtering, (int)outer.Filtering),
        KeepsPort && outer.KeepsPort,
        outer.KeepsPort ? PortCandidates : outer.PortCandidates)
    {
        Expiry = Expiry < outer.Expiry ? Expiry : outer.Expiry,
        Capacity = Math.Min(Capacity, outer.Capacity),
        Hairpin = outer.Translates ? outer.Hairpin : Hairpin,
        BlocksUdp = BlocksUdp || outer.BlocksUdp,
        Translates = Translates || outer.Translates,
        HasArbitraryAddresses = outer.Translates ? outer.HasArbitraryAddresses : HasArbitraryAddresses,
    };
}
