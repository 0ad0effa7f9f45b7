using System;
using System.Collections.Generic;
using System.Linq;
using MeshActors.TestKit.Simulation;

namespace MeshActors.TestKit.Nat;

/// <summary>The kinds of access that tests speak of.</summary>
internal static class NatKinds
{
    private const NatDependence Independent = NatDependence.EndpointIndependent;
    private const NatDependence ByAddress = NatDependence.AddressDependent;
    private const NatDependence ByPort = NatDependence.AddressAndPortDependent;

    /// <summary>Ports of a subscriber where a carrier hands out blocks.</summary>
    private const int CarrierBlock = 2_048;

    /// <summary>A public address.</summary>
    public static readonly NatKind Open = new("open", _ => NatAccess.Open);

    /// <summary>One mapping for all peers, through which everybody may come in.</summary>
    public static readonly NatKind FullCone = new(
        "full-cone", random => NatAccess.Behind(Nat(Independent, Independent, OfCone(random), random)));

    /// <summary>One mapping for all peers; in comes who was sent to, from any port.</summary>
    public static readonly NatKind AddressRestricted = new(
        "address-restricted", random => NatAccess.Behind(Nat(Independent, ByAddress, OfCone(random), random)));

    /// <summary>One mapping for all peers; in comes what was sent to.</summary>
    public static readonly NatKind PortRestricted = new(
        "port-restricted", random => NatAccess.Behind(Nat(Independent, ByPort, OfCone(random), random)));

    /// <summary>A mapping for each peer, whose port is the last one plus 1 or 2.</summary>
    public static readonly NatKind SequentialSymmetric = new(
        "sequential-symmetric",
        random => NatAccess.Behind(Nat(ByPort, ByPort, PortAllocation.Sequential(random.Between(1, 2)), random)));

    /// <summary>A mapping for each peer, whose port is any.</summary>
    public static readonly NatKind RandomSymmetric = new(
        "random-symmetric", random => NatAccess.Behind(Nat(ByPort, ByPort, PortAllocation.Random, random)));

    /// <summary>A home's port-restricted NAT behind a carrier's.</summary>
    public static readonly NatKind DoubleNat = new("double-nat", random => NatAccess.Behind(
        Nat(Independent, ByPort, OfCone(random), random), Nat(Independent, ByPort, OfCone(random), random)));

    /// <summary>No UDP passes.</summary>
    public static readonly NatKind UdpBlocked = new(
        "udp-blocked", _ => NatAccess.Behind(new FirewallSettings(BlocksUdp: true)));

    /// <summary>IPv6 alone, and the way to IPv4 that RFC 6146 asks for.</summary>
    public static readonly NatKind Nat64 = new("nat64", random => new NatAccess(
        [new Nat64Settings(Nat(Independent, ByAddress, PortAllocation.Random, random))], HasIPv6: true));

    /// <summary>A mapping for each peer, whose port is any of the subscriber's 2,048.</summary>
    public static readonly NatKind CarrierBlockSymmetric = new("carrier-block-symmetric", random =>
        NatAccess.Behind(Nat(ByPort, ByPort, PortAllocation.Block(CarrierBlock), random)));

    /// <summary>The eight that are to be paired with each other.</summary>
    public static IReadOnlyList<NatKind> Matrix { get; } =
        [Open, FullCone, AddressRestricted, PortRestricted, SequentialSymmetric, RandomSymmetric, DoubleNat, UdpBlocked];

    /// <summary>All.</summary>
    public static IReadOnlyList<NatKind> All { get; } = [.. Matrix, Nat64, CarrierBlockSymmetric];

    /// <exception cref="ArgumentException">There is no such kind.</exception>
    public static NatKind Named(string name) => All.FirstOrDefault(kind => kind.Name == name)
        ?? throw new ArgumentException($"There is no kind {name}; there are {string.Join(", ", All)}.", nameof(name));

    private static NatSettings Nat(NatDependence mapping, NatDependence filtering, PortAllocation allocation, SimRandom random) =>
        new(mapping, filtering, allocation)
        {
            Expiry = random.Between(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(120)),
            RefreshedByInbound = random.Chance(50),
            Hairpin = random.Chance(50) ? NatHairpin.On : NatHairpin.Off,
        };

    /// <summary>Most keep ports; where one mapping serves all peers it makes no difference to them.</summary>
    private static PortAllocation OfCone(SimRandom random) =>
        random.Chance(70) ? PortAllocation.Preserving : PortAllocation.Random;
}
