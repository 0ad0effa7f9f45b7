using System;
using System.Collections.Generic;
using System.Linq;
using MeshActors.TestKit.Nat;
using MeshActors.TestKit.Simulation;
using Xunit;

namespace MeshActors.Simulation.Tests.Nat;

public sealed class DirectPathOracleTests
{
    public static TheoryData<string, string> Pairs()
    {
        var pairs = new TheoryData<string, string>();
        for (var a = 0; a < NatKinds.All.Count; a++)
        {
            for (var b = a; b < NatKinds.All.Count; b++)
            {
                pairs.Add(NatKinds.All[a].Name, NatKinds.All[b].Name);
            }
        }

        return pairs;
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void What_the_oracle_says_of_two_kinds_is_what_trying_everything_finds(string a, string b)
    {
        var random = new SimRandom(7);
        var (accessA, accessB) = (NatKinds.Named(a).Create(random), NatKinds.Named(b).Create(random));

        var (found, said) = PathSearch.Compare(accessA, accessB);

        Assert.Equal(found, said);
        Assert.Equal(Expected(a, b), DirectPathOracle.DirectPathPossible(accessA, accessB));
        Assert.Equal(Expected(a, b), DirectPathOracle.DirectPathPossible(accessB, accessA));
    }

    [Theory]
    [MemberData(nameof(Behaviours))]
    public void What_the_oracle_says_of_any_two_behaviours_is_what_trying_everything_finds(int first)
    {
        for (var second = first; second < All.Count; second++)
        {
            var (found, said) = PathSearch.Compare(All[first], All[second]);

            Assert.True(found == said, $"{found}, not {said}, between {All[first].Boxes[0]} and {All[second].Boxes[0]}");
            Assert.Equal(
                DirectPathOracle.DirectPathPossible(All[first], All[second]),
                DirectPathOracle.DirectPathPossible(All[second], All[first]));
        }
    }

    public static TheoryData<int> Behaviours() => [.. Enumerable.Range(0, All.Count)];

    [Theory]
    [InlineData(NatHairpin.On)]
    [InlineData(NatHairpin.Off)]
    [InlineData(NatHairpin.InternalSource)]
    public void What_the_oracle_says_of_hosts_behind_one_box_is_what_trying_everything_finds(Enum hairpin)
    {
        foreach (var carrier in Carriers)
        {
            for (var a = 0; a < Homes.Count; a++)
            {
                for (var b = a; b < Homes.Count; b++)
                {
                    var (homeA, homeB) = (Homes[a], Homes[b]);
                    var shared = carrier is NatSettings nat ? nat with { Hairpin = (NatHairpin)hairpin } : carrier;
                    var (found, said) = PathSearch.Compare(
                        new NatAccess([.. homeA, shared]), new NatAccess([.. homeB, shared]), shared: 1);

                    Assert.True(
                        found == said,
                        $"{found}, not {said}, behind {shared} between {string.Join(' ', homeA)} and {string.Join(' ', homeB)}");
                }
            }
        }
    }

    [Fact]
    public void Hosts_with_IPv6_alone_behind_one_box_need_not_come_back_through_it()
    {
        var nat64 = NatKinds.Nat64.Create(new SimRandom(1)).Boxes[0];
        var (open, guarded) = (new NatAccess([nat64], HasIPv6: true), new NatAccess([new FirewallSettings(), nat64], HasIPv6: true));

        Assert.Equal((DirectPath.Yes, DirectPath.Yes), PathSearch.Compare(open, open, shared: 1));
        Assert.Equal((DirectPath.Yes, DirectPath.Yes), PathSearch.Compare(guarded, guarded, shared: 1));
        Assert.Equal((DirectPath.Yes, DirectPath.Yes), PathSearch.Compare(guarded, NatKinds.PortRestricted.Create(new SimRandom(1))));
    }

    [Fact]
    public void Small_capacities_and_short_expiries_leave_too_few_sockets_to_guess_with()
    {
        var fixedPort = NatKinds.PortRestricted.Create(new SimRandom(1));
        var random = new NatSettings(
            NatDependence.AddressAndPortDependent, NatDependence.AddressAndPortDependent, PortAllocation.Random);

        Assert.Equal(DirectPath.Likely, DirectPathOracle.DirectPathPossible(fixedPort, NatAccess.Behind(random)));
        Assert.Equal(
            DirectPath.No, DirectPathOracle.DirectPathPossible(fixedPort, NatAccess.Behind(random with { Capacity = 32 })));
        Assert.Equal(
            DirectPath.No,
            DirectPathOracle.DirectPathPossible(NatAccess.Open, NatAccess.Behind(random with { Expiry = TimeSpan.FromMilliseconds(900) })));
    }

    [Fact]
    public void The_oracle_refuses_what_it_was_not_made_for() =>
        Assert.Throws<ArgumentException>(() => DirectPathOracle.DirectPathPossible(
            NatAccess.Open,
            NatAccess.Behind(new NatSettings(NatDependence.AddressDependent, NatDependence.AddressDependent, PortAllocation.Random)
            {
                Addresses = 2,
                Pooling = NatPooling.Arbitrary,
            })));

    private static IReadOnlyList<IBoxSettings> Carriers { get; } =
    [
        Nat(NatDependence.EndpointIndependent, NatDependence.EndpointIndependent, PortAllocation.Preserving),
        Nat(NatDependence.EndpointIndependent, NatDependence.AddressAndPortDependent, PortAllocation.Random),
        Nat(NatDependence.AddressAndPortDependent, NatDependence.AddressAndPortDependent, PortAllocation.Sequential(1)),
        new FirewallSettings(BlocksUdp: true),
    ];

    private static IReadOnlyList<IBoxSettings[]> Homes { get; } =
    [
        [],
        [Nat(NatDependence.EndpointIndependent, NatDependence.EndpointIndependent, PortAllocation.Preserving)],
        [Nat(NatDependence.EndpointIndependent, NatDependence.AddressAndPortDependent, PortAllocation.Preserving)],
    ];

    /// <summary>Each mapping with each filter, with ports that can be foretold and ports that cannot; and what Linux does.</summary>
    private static IReadOnlyList<NatAccess> All { get; } =
    [
        .. from mapping in Enum.GetValues<NatDependence>()
           from filtering in Enum.GetValues<NatDependence>()
           from allocation in (PortAllocation[])[PortAllocation.Sequential(1), PortAllocation.Random]
           select NatAccess.Behind(Nat(mapping, filtering, allocation)),
        NatAccess.Behind(Nat(
            NatDependence.AddressAndPortDependent, NatDependence.AddressAndPortDependent, PortAllocation.Preserving)),
    ];

    private static NatSettings Nat(NatDependence mapping, NatDependence filtering, PortAllocation allocation) =>
        new(mapping, filtering, allocation);

    /// <summary>What is known of the kinds: symmetric NATs whose ports are any reach only those that let in from more than one port.</summary>
    private static DirectPath Expected(string a, string b)
    {
        string[] pair = [a, b];
        return pair.Contains("udp-blocked") ? DirectPath.No
            : !pair.Any(kind => kind is "random-symmetric" or "carrier-block-symmetric") ? DirectPath.Yes
            : pair.Any(kind => kind is "open" or "full-cone" or "address-restricted" or "nat64") ? DirectPath.Yes
            : pair.Any(kind => kind is "port-restricted" or "double-nat") ? DirectPath.Likely
            : DirectPath.No;
    }
}
