using System;
using System.Linq;
using MeshActors.TestKit.Nat;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Paths;
using MeshActors.Transport.Tunnels;
using Xunit;

namespace MeshActors.Simulation.Tests.Nat;

/// <summary>Whole nodes where no UDP passes, or passes no longer, or again: they reach their relays over connections.</summary>
public sealed class UdpBlockedTests : IDisposable
{
    private const int RelaySite = 0;
    private const int OtherRelaySite = 1;
    private const int SiteA = 2;
    private const int SiteB = 3;

    private static readonly TimeSpan OneWay = TimeSpan.FromMilliseconds(30);
    private static readonly SimLink Link = new(0, 0, OneWay, OneWay);

    private readonly NatWorld _world = new(1, Link);
    private readonly NatNode _relay;

    public UdpBlockedTests()
    {
        _relay = _world.AddRelay(RelaySite);
    }

    public void Dispose() => _world.Dispose();

    [Theory]
    [InlineData("udp-blocked", "open")]
    [InlineData("port-restricted", "udp-blocked")]
    [InlineData("udp-blocked", "udp-blocked")]
    public void A_node_without_udp_is_reached_over_its_relay_as_fast_as_any_other(string a, string b)
    {
        var one = Add("a", SiteA, a, _relay);
        var two = Add("b", SiteB, b, _relay);
        RunUntilLeased(one, two);

        var tunnel = Talk(one, two);

        _world.Run(TimeSpan.FromSeconds(20));
        Assert.Null(_world.Failure);
        Assert.Equal(PathKind.Relayed, tunnel.Path!.Path.Kind);
        Assert.InRange(TalkOf(two).Heard, 900, 1_100);
        Assert.Equal(0, tunnel.Streams.Statistics.PacketsLost);
    }

    [Fact]
    public void A_lease_without_udp_is_there_after_what_tcp_tls_and_two_handshakes_take()
    {
        var node = Add("a", SiteA, "udp-blocked", _relay);

        Assert.True(_world.RunUntil(TimeSpan.FromSeconds(5), () => IsLeased(node)), _world.Failure);

        // 300 ms of patience, three round trips of the connection, one of the handshake, one of the lease.
        Assert.InRange(_world.Now.Ticks / TimeSpan.TicksPerMillisecond, 300, 300 + (10 * 30) + 30);
        Assert.Equal(PathKind.Connected, KindToRelay(node));
    }

    [Fact]
    public void Where_udp_is_answered_no_connection_is_made()
    {
        var node = Add("a", SiteA, "port-restricted", _relay);
        RunUntilLeased(node);

        _world.Run(TimeSpan.FromMinutes(2));

        Assert.Equal(PathKind.Direct, KindToRelay(node));
        Assert.Equal(0, _relay.Switch.Connections.Accepted);
    }

    [Fact]
    public void Udp_that_comes_back_takes_over_and_the_connection_goes()
    {
        var one = Add("a", SiteA, "udp-blocked", _relay);
        var two = Add("b", SiteB, "udp-blocked", _relay);
        RunUntilLeased(one, two);
        var tunnel = Talk(one, two);
        _world.Run(TimeSpan.FromSeconds(5));
        Assert.Equal(2, _relay.Switch.Connections.Accepted);

        Block(one, isBlocked: false);
        Block(two, isBlocked: false);
        ForgetGaps(one, two);

        // The path was tried after 1, 2, 4 s and so on.
        Assert.True(
            _world.RunUntil(TimeSpan.FromSeconds(70), () => KindToRelay(one) == PathKind.Direct && KindToRelay(two) == PathKind.Direct),
            _world.Failure);
        _world.Run(TimeSpan.FromSeconds(70));
        Assert.Null(_world.Failure);
        Assert.Equal(0, _relay.Switch.Connections.Accepted);
        Assert.All(new[] { one, two }, node => Assert.True(IsLeased(node)));
        Assert.All(new[] { one, two }, node => Assert.InRange(WorstGap(node), 0, 200));
        Assert.Equal(PathKind.Direct, tunnel.Path!.Path.Kind);
    }

    [Fact]
    public void Udp_that_is_blocked_while_nodes_talk_is_replaced_by_a_connection()
    {
        var one = Add("a", SiteA, "port-restricted", _relay, behindFirewall: true);
        var two = Add("b", SiteB, "udp-blocked", _relay);
        RunUntilLeased(one, two);
        Talk(one, two);
        _world.Run(TimeSpan.FromSeconds(5));
        Assert.Equal(PathKind.Direct, KindToRelay(one));
        ForgetGaps(one, two);

        Block(one, isBlocked: true);
        _world.Run(TimeSpan.FromSeconds(40));

        Assert.Null(_world.Failure);
        Assert.Equal(PathKind.Connected, KindToRelay(one));
        Assert.All(new[] { one, two }, node => Assert.InRange(WorstGap(node), 200, 2_500));
        AssertAllHeard(one, two);
    }

    [Theory]
    [InlineData("udp-blocked", "udp-blocked")]
    [InlineData("udp-blocked", "random-symmetric")]
    public void When_a_relay_dies_the_connection_to_the_other_one_takes_over(string a, string b)
    {
        var other = _world.AddRelay(OtherRelaySite);
        var one = Add("a", SiteA, a, _relay, other);
        var two = Add("b", SiteB, b, _relay, other);
        RunUntilLeased(one, two);
        Talk(one, two);
        _world.Run(TimeSpan.FromSeconds(3));
        ForgetGaps(one, two);

        _world.Internet.Sites.CutSite(RelaySite);
        _world.Run(TimeSpan.FromSeconds(10));
        _world.Internet.Sites.CutSite(RelaySite, isCut: false);
        _world.Internet.Sites.CutSite(OtherRelaySite);
        _world.Run(TimeSpan.FromSeconds(10));

        Assert.Null(_world.Failure);
        Assert.All(new[] { one, two }, node => Assert.InRange(WorstGap(node), 0, 1_000));
        AssertAllHeard(one, two);
    }

    [Fact]
    public void A_connection_that_has_died_unnoticed_is_replaced()
    {
        var one = Add("a", SiteA, "udp-blocked", _relay);
        var two = Add("b", SiteB, "udp-blocked", _relay);
        RunUntilLeased(one, two);
        Talk(one, two);
        _world.Run(TimeSpan.FromSeconds(3));
        ForgetGaps(one, two);

        // Another address at the same place: TCP never hears of it.
        one.Host.Detach();
        _world.Neighbourhood.Attach(one.Host, _world.Internet.Boxes.Single(box => box.Name == "a-box").Inside!);
        _world.Run(TimeSpan.FromSeconds(20));

        Assert.Null(_world.Failure);
        Assert.All(new[] { one, two }, node => Assert.InRange(WorstGap(node), 500, 6_000));
        AssertAllHeard(one, two);
    }

    [Fact]
    public void Whoever_connects_to_a_relay_and_makes_no_handshake_is_cut_off()
    {
        var stranger = _world.AddNode("stranger", SiteA, NatAccess.Open);
        var connection = _world.Connections.Connect(stranger.Host, NatConnections.ListensAt(_relay.Host), _world.Now)!;
        _world.RunUntil(TimeSpan.FromSeconds(1), () => _relay.Switch.Connections.Accepted == 1);
        Assert.Equal(1, _relay.Switch.Connections.Accepted);

        _world.Run(TimeSpan.FromSeconds(11));

        Assert.Equal(0, _relay.Switch.Connections.Accepted);
        Assert.True(connection.IsOver);
    }

    private static bool IsLeased(NatNode node) => node.Switch.Links.All.All(link => link.Client.IsLeased);

    private static PathKind KindToRelay(NatNode node) => node.Switch.Links.All[0].Tunnel!.Path!.Path.Kind;

    private static NatTalk TalkOf(NatNode node) => node.Talks.Values.Single(talk => talk.Said > 0);

    private static double WorstGap(NatNode node) => TalkOf(node).WorstGap.TotalMilliseconds;

    private NatNode Add(string name, int site, string kind, params NatNode[] relays) =>
        _world.AddNode(name, site, NatKinds.Named(kind).Create(new SimRandom(1)), relays);

    private NatNode Add(string name, int site, string kind, NatNode relay, bool behindFirewall)
    {
        var access = NatKinds.Named(kind).Create(new SimRandom(1));
        return _world.AddNode(
            name, site, behindFirewall ? access with { Boxes = [.. access.Boxes, new FirewallSettings()] } : access, relay);
    }

    private void Block(NatNode node, bool isBlocked)
    {
        var name = node.Host.Place.Name;
        var firewall = _world.Internet.Boxes.First(box => box.Name.StartsWith($"{name}-box", StringComparison.Ordinal) && box.Box is SimFirewall);
        ((SimFirewall)firewall.Box!).BlocksUdp = isBlocked;
    }

    private void RunUntilLeased(params NatNode[] nodes)
    {
        Assert.True(_world.RunUntil(TimeSpan.FromSeconds(5), () => nodes.All(IsLeased)), _world.Failure ?? "no leases");
        _world.Run(TimeSpan.FromSeconds(1));
    }

    /// <summary>Opens a tunnel, in which both talk from then on; it must open as if there were no firewall.</summary>
    private Tunnel Talk(NatNode one, NatNode two)
    {
        var opened = _world.Now;
        var tunnel = one.Open(two, early: false, _world.Now, _world.UtcNow);
        Assert.True(_world.RunUntil(TimeSpan.FromSeconds(5), () => tunnel.State == TunnelState.Open), _world.Failure);
        Assert.InRange(_world.Now - opened, 4 * OneWay, 4 * OneWay * 1.1);
        return tunnel;
    }

    private void ForgetGaps(params NatNode[] nodes)
    {
        foreach (var node in nodes)
        {
            TalkOf(node).ForgetGaps(_world.Now);
        }
    }

    private void AssertAllHeard(NatNode one, NatNode two)
    {
        var (forth, back) = (TalkOf(one), TalkOf(two));
        forth.IsPaused = back.IsPaused = true;
        _world.Run(TimeSpan.FromSeconds(5));
        Assert.Equal((forth.Said, back.Said), (back.Heard, forth.Heard));
    }
}
