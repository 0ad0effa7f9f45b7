using System;
using System.Linq;
using MeshActors.TestKit.Nat;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Time;
using Xunit;

namespace MeshActors.Simulation.Tests.Nat;

public sealed class SimNatTests
{
    private const NatDependence Independent = NatDependence.EndpointIndependent;
    private const NatDependence ByAddress = NatDependence.AddressDependent;
    private const NatDependence ByPort = NatDependence.AddressAndPortDependent;

    private static readonly MonoTime Start = new(0);
    private static readonly UdpEndpoint Inside = Endpoint("192.168.1.10:5000");
    private static readonly UdpEndpoint Peer = Endpoint("45.0.0.9:100");
    private static readonly UdpEndpoint PeersOtherPort = Endpoint("45.0.0.9:101");
    private static readonly UdpEndpoint Stranger = Endpoint("45.0.0.10:100");
    private static readonly UInt128 First = Endpoint("45.0.0.1:1").Bits;
    private static readonly UInt128 Second = Endpoint("45.0.0.2:1").Bits;

    [Theory]
    [InlineData(Independent, true, true)]
    [InlineData(ByAddress, true, false)]
    [InlineData(ByPort, false, false)]
    public void A_mapping_is_kept_for_the_destinations_that_it_depends_on(Enum mapping, bool sameForPort, bool sameForAddress)
    {
        var nat = Nat(new NatSettings((NatDependence)mapping, Independent, PortAllocation.Random));

        var outside = Send(nat, Inside, Peer);

        Assert.Equal(outside, Send(nat, Inside, Peer));
        Assert.Equal(sameForPort, outside == Send(nat, Inside, PeersOtherPort));
        Assert.Equal(sameForAddress, outside == Send(nat, Inside, Stranger));
    }

    [Theory]
    [InlineData(Independent, BoxVerdict.Pass, BoxVerdict.Pass)]
    [InlineData(ByAddress, BoxVerdict.Pass, BoxVerdict.Filtered)]
    [InlineData(ByPort, BoxVerdict.Filtered, BoxVerdict.Filtered)]
    public void A_filter_lets_in_who_was_sent_to(Enum filtering, Enum fromOtherPort, Enum fromStranger)
    {
        var nat = Nat(new NatSettings(Independent, (NatDependence)filtering, PortAllocation.Random));
        var outside = Send(nat, Inside, Peer)!.Value;

        Assert.Equal((BoxVerdict.Pass, Inside), Receive(nat, Peer, outside));
        Assert.Equal(fromOtherPort, Receive(nat, PeersOtherPort, outside).Verdict);
        Assert.Equal(fromStranger, Receive(nat, Stranger, outside).Verdict);
        Assert.Equal(BoxVerdict.NoMapping, Receive(nat, Peer, outside with { Port = (ushort)(outside.Port ^ 1) }).Verdict);
    }

    [Fact]
    public void A_kept_port_is_never_given_twice()
    {
        var nat = Nat(new NatSettings(Independent, Independent, PortAllocation.Preserving));

        Assert.Equal(5_000, Send(nat, Inside, Peer)!.Value.Port);
        Assert.Equal(5_001, Send(nat, Endpoint("192.168.1.11:5000"), Peer)!.Value.Port);
    }

    [Fact]
    public void Sequential_ports_go_on_by_their_step()
    {
        var nat = Nat(new NatSettings(ByPort, ByPort, PortAllocation.Sequential(2)));

        var ports = Enumerable.Range(1, 5).Select(i => (int)Send(nat, Inside, Peer with { Port = (ushort)i })!.Value.Port).ToList();

        Assert.Equal(Enumerable.Range(0, 5).Select(i => ports[0] + (2 * i)), ports);
    }

    [Fact]
    public void Random_ports_are_spread_over_all()
    {
        var nat = Nat(new NatSettings(ByPort, ByPort, PortAllocation.Random));

        var ports = Enumerable.Range(1, 2_000).Select(i => (int)Send(nat, Inside, Peer with { Port = (ushort)i })!.Value.Port).ToList();

        Assert.Equal(2_000, ports.Distinct().Count());
        Assert.InRange(ports.Average(), 32_000, 34_500);
        Assert.InRange(ports.Min(), 1_024, 1_200);
    }

    [Fact]
    public void A_subscribers_ports_are_of_its_own_block_and_end_with_it()
    {
        var nat = Nat(new NatSettings(ByPort, ByPort, PortAllocation.Block(2_048)));
        var other = Endpoint("192.168.1.11:5000");

        var ports = Enumerable.Range(1, 2_048).Select(i => (int)Send(nat, Inside, Peer with { Port = (ushort)i })!.Value.Port).ToList();

        Assert.Equal(Enumerable.Range(ports.Min(), 2_048), ports.Order());
        Assert.Null(Send(nat, Inside, Stranger));
        Assert.DoesNotContain(Send(nat, other, Peer)!.Value.Port, ports);
    }

    [Fact]
    public void A_mapping_ends_when_nothing_refreshed_it()
    {
        var nat = Nat(new NatSettings(Independent, ByPort, PortAllocation.Random) { Expiry = TimeSpan.FromSeconds(30) });
        var outside = Send(nat, Inside, Peer)!.Value;

        Assert.Equal(outside, Send(nat, Inside, Peer, At(30)));
        Assert.Equal(BoxVerdict.Pass, Receive(nat, Peer, outside, At(60)).Verdict);
        Assert.Equal(BoxVerdict.NoMapping, Receive(nat, Peer, outside, At(60.1)).Verdict);
        Assert.NotEqual(outside, Send(nat, Inside, Peer, At(61)));
    }

    [Theory]
    [InlineData(false, BoxVerdict.NoMapping)]
    [InlineData(true, BoxVerdict.Pass)]
    public void Packets_from_outside_refresh_where_the_settings_say_so(bool refreshes, Enum verdict)
    {
        var nat = Nat(new NatSettings(Independent, ByPort, PortAllocation.Random)
        {
            Expiry = TimeSpan.FromSeconds(30),
            RefreshedByInbound = refreshes,
        });
        var outside = Send(nat, Inside, Peer)!.Value;

        Receive(nat, Peer, outside, At(25));

        Assert.Equal(verdict, Receive(nat, Peer, outside, At(50)).Verdict);
    }

    [Fact]
    public void A_permission_ends_though_the_mapping_is_kept_for_others()
    {
        var nat = Nat(new NatSettings(Independent, ByPort, PortAllocation.Random) { Expiry = TimeSpan.FromSeconds(30) });
        var outside = Send(nat, Inside, Peer)!.Value;

        Send(nat, Inside, Stranger, At(20));

        Assert.Equal(BoxVerdict.Filtered, Receive(nat, Peer, outside, At(40)).Verdict);
        Assert.Equal(BoxVerdict.Pass, Receive(nat, Stranger, outside, At(40)).Verdict);
    }

    [Fact]
    public void A_full_NAT_refuses_or_forgets_what_was_used_the_longest_time_ago()
    {
        var settings = new NatSettings(ByPort, Independent, PortAllocation.Random) { Capacity = 2 };
        var (forgets, refuses) = (Nat(settings), Nat(settings with { Overflow = NatOverflow.NewRefused }));
        var (first, second) = (Send(forgets, Inside, Peer)!.Value, Send(forgets, Inside, PeersOtherPort, At(1))!.Value);
        Send(forgets, Inside, Peer, At(2));
        Send(refuses, Inside, Peer);
        Send(refuses, Inside, PeersOtherPort);

        Assert.NotNull(Send(forgets, Inside, Stranger, At(3)));
        Assert.Equal(BoxVerdict.Pass, Receive(forgets, Peer, first, At(3)).Verdict);
        Assert.Equal(BoxVerdict.NoMapping, Receive(forgets, Peer, second, At(3)).Verdict);
        Assert.Null(Send(refuses, Inside, Stranger, At(3)));
        Assert.NotNull(Send(refuses, Inside, Peer, At(3)));
    }

    [Theory]
    [InlineData(NatPooling.Paired, 1)]
    [InlineData(NatPooling.Arbitrary, 2)]
    public void One_host_has_one_of_several_addresses_or_any(Enum pooling, int addresses)
    {
        var settings = new NatSettings(ByPort, ByPort, PortAllocation.Random) { Addresses = 2, Pooling = (NatPooling)pooling };
        var nat = new SimNat(settings, [First, Second], new SimRandom(1));

        var seen = Enumerable.Range(1, 20).Select(i => Send(nat, Inside, Peer with { Port = (ushort)i })!.Value.Bits).Distinct();

        Assert.Equal(addresses, seen.Count());
    }

    [Theory]
    [InlineData(NatHairpin.On, BoxVerdict.TurnBack, "45.0.0.1:5000")]
    [InlineData(NatHairpin.InternalSource, BoxVerdict.TurnBack, "192.168.1.10:5000")]
    [InlineData(NatHairpin.Off, BoxVerdict.NoHairpin, "192.168.1.10:5000")]
    public void What_is_meant_for_a_mapping_of_its_own_comes_back_as_the_settings_say(
        Enum hairpin, Enum verdict, string from)
    {
        var nat = Nat(new NatSettings(Independent, Independent, PortAllocation.Preserving) { Hairpin = (NatHairpin)hairpin });
        var other = Endpoint("192.168.1.11:6000");
        var target = Send(nat, other, Peer)!.Value;
        var packet = new SimPacket(Inside, target, default, 64);

        Assert.Equal(verdict, nat.HandleOutbound(ref packet, Start));
        Assert.Equal(Endpoint(from), packet.From);
        Assert.Equal((BoxVerdict)verdict == BoxVerdict.TurnBack ? other : target, packet.To);
    }

    [Fact]
    public void A_NAT_started_anew_knows_nobody()
    {
        var nat = Nat(new NatSettings(Independent, Independent, PortAllocation.Random));
        var outside = Send(nat, Inside, Peer)!.Value;

        nat.Restart();

        Assert.Equal(BoxVerdict.NoMapping, Receive(nat, Peer, outside).Verdict);
        Assert.Equal(0, nat.Mappings);
    }

    [Fact]
    public void A_firewall_changes_no_endpoint_and_lets_in_answers_alone()
    {
        var firewall = new SimFirewall(new FirewallSettings { Expiry = TimeSpan.FromSeconds(30) });

        Assert.Equal(Inside, Send(firewall, Inside, Peer));
        Assert.Equal((BoxVerdict.Pass, Inside), Receive(firewall, Peer, Inside));
        Assert.Equal(BoxVerdict.Filtered, Receive(firewall, PeersOtherPort, Inside).Verdict);
        Assert.Equal(BoxVerdict.Filtered, Receive(firewall, Peer, Inside, At(31)).Verdict);
        Assert.Null(Send(new SimFirewall(new FirewallSettings(BlocksUdp: true)), Inside, Peer));
    }

    [Fact]
    public void NAT64_takes_embedded_addresses_to_IPv4_and_leaves_others_alone()
    {
        var nat = new SimNat64(new NatSettings(Independent, ByAddress, PortAllocation.Preserving), [First], new SimRandom(1));
        var (host, neighbour) = (Endpoint("[2a00::1]:5000"), Endpoint("[2a00::2]:5000"));
        var packet = new SimPacket(host, Endpoint("[64:ff9b::2d00:9]:100"), default, 64);

        Assert.Equal(BoxVerdict.Pass, nat.HandleOutbound(ref packet, Start));
        Assert.Equal((new UdpEndpoint(First, 5_000), Peer), (packet.From, packet.To));

        packet = new SimPacket(PeersOtherPort, new UdpEndpoint(First, 5_000), default, 64);
        Assert.Equal(BoxVerdict.Pass, nat.HandleInbound(ref packet, Start));
        Assert.Equal((Endpoint("[64:ff9b::2d00:9]:101"), host), (packet.From, packet.To));

        Assert.Equal(host, Send(nat, host, neighbour));
        Assert.Equal((BoxVerdict.Pass, host), Receive(nat, neighbour, host));
    }

    private static SimNat Nat(NatSettings settings) => new(settings, [First], new SimRandom(1));

    private static MonoTime At(double seconds) => Start + TimeSpan.FromSeconds(seconds);

    private static UdpEndpoint? Send(ISimBox box, UdpEndpoint from, UdpEndpoint to, MonoTime? now = null)
    {
        var packet = new SimPacket(from, to, default, 64);
        return box.HandleOutbound(ref packet, now ?? Start) == BoxVerdict.Pass ? packet.From : null;
    }

    private static (BoxVerdict Verdict, UdpEndpoint To) Receive(ISimBox box, UdpEndpoint from, UdpEndpoint to, MonoTime? now = null)
    {
        var packet = new SimPacket(from, to, default, 64);
        return (box.HandleInbound(ref packet, now ?? Start), packet.To);
    }

    private static UdpEndpoint Endpoint(string text) =>
        UdpEndpoint.TryParse(text, out var endpoint) ? endpoint : throw new ArgumentException(text, nameof(text));
}
