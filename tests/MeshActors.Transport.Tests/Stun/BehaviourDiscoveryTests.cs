using System;
using System.Linq;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Stun;
using Xunit;

namespace MeshActors.Transport.Tests.Stun;

/// <summary>What is found out about NATs whose behaviour is known.</summary>
public sealed class BehaviourDiscoveryTests
{
    private const EndpointDependence Unknown = EndpointDependence.Unknown;
    private const EndpointDependence Independent = EndpointDependence.EndpointIndependent;
    private const EndpointDependence ByAddress = EndpointDependence.AddressDependent;
    private const EndpointDependence ByPort = EndpointDependence.AddressAndPortDependent;

    private static readonly StunServerEndpoints Full = new(Parse("192.0.2.1:3478"), Parse("192.0.2.2:3479"));

    [Theory]
    [InlineData(Independent, Independent)]
    [InlineData(Independent, ByAddress)]
    [InlineData(Independent, ByPort)]
    [InlineData(ByAddress, Independent)]
    [InlineData(ByAddress, ByAddress)]
    [InlineData(ByAddress, ByPort)]
    [InlineData(ByPort, Independent)]
    [InlineData(ByPort, ByAddress)]
    [InlineData(ByPort, ByPort)]
    internal void Every_mapping_with_every_filter_is_told(EndpointDependence mapping, EndpointDependence filtering)
    {
        var run = new NatRun(new SmallNat(mapping, filtering, Sequential(1)));
        run.AddServer(Full);

        var behaviour = run.Discover(Full.Primary).Behaviour;

        Assert.Equal((mapping, filtering), (behaviour.Mapping, behaviour.Filtering));
        Assert.Equal(new NatPorts(PortPattern.Sequential, Step: 1), behaviour.Ports);
        Assert.InRange(run.Now.Ticks, 1, TimeSpan.FromSeconds(3.5).Ticks);
    }

    [Fact]
    public void It_is_found_through_a_tenth_of_loss_in_nearly_every_run()
    {
        var right = Enumerable.Range(1, 200).Count(seed =>
        {
            var run = new NatRun(new SmallNat(ByPort, ByAddress, Preserving))
            {
                LossPercent = 10,
                Random = new SimRandom((ulong)seed),
            };
            run.AddServer(Full);
            var behaviour = run.Discover(Full.Primary).Behaviour;
            return behaviour is { Mapping: ByPort, Filtering: ByAddress, Ports.Pattern: PortPattern.Preserving };
        });

        // A question fails all three sends with 0.19^3 = 0.7 %, and 5 decide here.
        Assert.InRange(right, 180, 200);
    }

    [Fact]
    public void A_host_with_a_public_address_is_seen_as_it_is()
    {
        var run = new NatRun(nat: null);
        run.AddServer(Full);

        var discovery = run.Discover(Full.Primary);

        Assert.Equal(
            new NatBehaviour(Independent, Independent, new NatPorts(PortPattern.Preserving), NatFlags.NotTranslated | NatFlags.Hairpin),
            discovery.Behaviour);
        Assert.Equal(run.Sockets[0], Assert.Single(discovery.Servers).Mapped);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Hairpin_is_told(bool turnsBack)
    {
        var run = new NatRun(new SmallNat(Independent, ByPort, Preserving) { TurnsBack = turnsBack });
        run.AddServer(Full);

        Assert.Equal(turnsBack, run.Discover(Full.Primary).Behaviour.Flags.HasFlag(NatFlags.Hairpin));
    }

    [Fact]
    public void Udp_is_blocked_when_no_server_answers()
    {
        var run = new NatRun(new SmallNat(Independent, Independent, Preserving));

        var discovery = run.Discover(Full.Primary, Full.Other);

        Assert.True(discovery.IsOver);
        Assert.Empty(discovery.Servers);
        Assert.Equal(default(NatBehaviour) with { Flags = NatFlags.UdpBlocked }, discovery.Behaviour);
        Assert.Equal(TimeSpan.FromMilliseconds(2_500).Ticks, run.Now.Ticks);
    }

    [Theory]
    [InlineData(Independent, Independent)]
    [InlineData(ByAddress, ByAddress)]
    [InlineData(ByPort, ByPort)]
    internal void Plain_servers_tell_the_mapping_and_leave_the_filter_unknown(EndpointDependence mapping, EndpointDependence told)
    {
        UdpEndpoint[] servers = [Parse("192.0.2.1:3478"), Parse("192.0.2.1:3479"), Parse("198.51.100.1:3478")];
        var run = new NatRun(new SmallNat(mapping, ByPort, Preserving));
        Array.ForEach(servers, run.AddServer);

        var behaviour = run.Discover(servers).Behaviour;

        Assert.Equal((told, Unknown), (behaviour.Mapping, behaviour.Filtering));
        Assert.Equal(PortPattern.Preserving, behaviour.Ports.Pattern);
    }

    [Fact]
    public void A_silent_server_beside_one_that_answers_costs_half_a_second()
    {
        var run = new NatRun(new SmallNat(Independent, Independent, Preserving));
        run.AddServer(Full);

        var discovery = run.Discover(Parse("198.51.100.1:3478"), Full.Primary);

        Assert.Equal((Independent, Independent), (discovery.Behaviour.Mapping, discovery.Behaviour.Filtering));
        Assert.Equal(Full.Primary, Assert.Single(discovery.Servers).Question.To);
    }

    [Fact]
    public void A_server_that_offers_more_is_chosen_before_one_that_answered_first()
    {
        var plain = Parse("198.51.100.1:3478");
        var run = new NatRun(new SmallNat(Independent, ByAddress, Preserving));
        run.AddServer(plain);
        run.AddServer(Full);

        Assert.Equal(ByAddress, run.Discover(plain, Full.Primary).Behaviour.Filtering);
    }

    [Fact]
    public void Too_few_sockets_leave_unknown_what_they_are_needed_for()
    {
        var run = new NatRun(new SmallNat(ByPort, ByPort, Sequential(1)), sockets: 1);
        run.AddServer(Full);

        var behaviour = run.Discover(Full.Primary).Behaviour;

        Assert.Equal(new NatBehaviour(ByPort, Unknown, new NatPorts(PortPattern.Unknown), NatFlags.None), behaviour);
    }

    private static ushort Preserving(UdpEndpoint inside, int _) => inside.Port;

    private static Func<UdpEndpoint, int, ushort> Sequential(int step) => (_, made) => (ushort)(30_000 + (made * step));

    private static UdpEndpoint Parse(string text) => UdpEndpoint.TryParse(text, out var endpoint)
        ? endpoint
        : throw new ArgumentException(text);
}
