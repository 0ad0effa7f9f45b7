using System;
using System.Linq;
using MeshActors.TestKit.Nat;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Relay;
using MeshActors.Transport.Switching;
using MeshActors.Transport.Tunnels;
using Xunit;

namespace MeshActors.Simulation.Tests.Nat;

/// <summary>What nodes do between which no direct path can be, when every relay that they were told of is gone: a peer with the relay role that both know stands in.</summary>
public sealed class LastWayTests : IDisposable
{
    private const int SiteOfPeer = 5;
    private const int SiteOfOther = 6;

    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(20);

    private readonly NatWorld _world = new(11, new SimLink(0, 0, Delay, Delay));
    private readonly NatNode[] _told = new NatNode[2];
    private readonly NatNode _peer;
    private readonly NatNode _a;
    private readonly NatNode _b;

    public LastWayTests()
    {
        _world.Settings = new TunnelSettings { AbandonTimeout = TimeSpan.FromMinutes(2) };
        _told[0] = _world.AddRelay(0);
        _told[1] = _world.AddRelay(1);
        _peer = _world.AddRelay(SiteOfPeer);
        _a = _world.AddNode("a", 8, NatKinds.RandomSymmetric.Create(new SimRandom(1)), _told);
        _b = _world.AddNode("b", 9, NatKinds.RandomSymmetric.Create(new SimRandom(2)), _told);
        _a.Supervise();
        _b.Supervise();
        _world.Run(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void The_tunnel_of_two_nodes_goes_over_a_peer_that_both_know_and_back_when_a_relay_is_there_again()
    {
        Know(_a, _peer);
        Know(_b, _peer);
        var tunnel = _a.Open(_b, early: false, _world.Now, _world.UtcNow);
        _world.Run(TimeSpan.FromSeconds(5));
        Assert.Contains(RelayOf(_a, tunnel), _told.Select(relay => (MeshAddress?)relay.Identity.Address));

        CutTold();
        Until(TimeSpan.FromSeconds(30), () => RelayOf(_a, tunnel) == _peer.Identity.Address && tunnel.State == TunnelState.Open, "over the peer");
        var heard = _b.Heard;
        _world.Run(TimeSpan.FromSeconds(5));
        Assert.True(_b.Heard > heard + 100, $"{_b.Heard - heard} numbers came");
        Assert.Equal(_peer.Identity.Address, _a.Record.Relays[0]);

        // Nothing is taken from a tunnel that works, but others are not led there any more.
        CutTold(isCut: false);
        _world.Run(TimeSpan.FromMinutes(3));
        Assert.Equal(_peer.Identity.Address, RelayOf(_a, tunnel));
        Assert.DoesNotContain(_peer.Identity.Address, _a.Record.Relays);

        _world.Internet.Sites.CutSite(SiteOfPeer);
        Until(TimeSpan.FromSeconds(10), () => tunnel.State == TunnelState.Open && RelayOf(_a, tunnel) != _peer.Identity.Address, "over a relay again");
        Assert.Contains(RelayOf(_a, tunnel), _told.Select(relay => (MeshAddress?)relay.Identity.Address));
        Until(TimeSpan.FromMinutes(3), () => _a.Switch.Links.All.All(link => !link.IsReserve), "the peer is let go");
        Assert.Null(_world.Failure);
    }

    [Fact]
    public void Nobody_is_asked_while_a_relay_works_and_none_without_the_role_ever()
    {
        var other = _world.AddNode("other", SiteOfOther, NatAccess.Open);
        Know(_a, _peer);
        Know(_a, other);

        _world.Internet.Sites.CutSite(0);
        _world.Run(TimeSpan.FromSeconds(40));
        Assert.DoesNotContain(_a.Switch.Links.All, link => link.IsReserve);

        _world.Internet.Sites.CutSite(1);
        Until(TimeSpan.FromSeconds(60), () => _a.Switch.Links.All.Any(link => link.IsReserve), "a peer is asked");
        _world.Run(TimeSpan.FromSeconds(20));
        Assert.Equal(_peer.Identity.Address, Assert.Single(_a.Switch.Links.All, link => link.IsReserve).Client.Relay);

        CutTold(isCut: false);
        Until(RelayReserve.Grace + TimeSpan.FromSeconds(40), () => _a.Switch.Links.All.All(link => !link.IsReserve), "the peer is let go");
    }

    [Fact]
    public void At_most_two_are_used_and_the_nearest()
    {
        NatNode[] peers = [_peer, _world.AddRelay(20), _world.AddRelay(21), _world.AddRelay(22)];
        Distance(SiteOfPeer, 90);
        Distance(20, 30);
        Distance(21, 60);
        Distance(22, 10);
        foreach (var peer in peers)
        {
            Know(_a, peer);
        }

        CutTold();
        _world.Run(TimeSpan.FromMinutes(2));

        Assert.Equal(
            new[] { peers[1].Identity.Address, peers[3].Identity.Address }.Order(),
            _a.Switch.Links.All.Where(link => link.IsReserve).Select(link => link.Client.Relay).Order());
    }

    [Fact]
    public void One_that_refuses_is_let_go_and_not_asked_again_at_once()
    {
        var full = _world.AddRelay(SiteOfOther, new RelaySettings { MaxLeases = 1 });
        Know(_a, full);
        CutTold();
        var asked = 0;
        var isAsked = false;
        _world.RunUntil(TimeSpan.FromMinutes(5), () =>
        {
            var before = isAsked;
            isAsked = _a.Switch.Links.All.Any(link => link.IsReserve);
            asked += isAsked && !before ? 1 : 0;
            return false;
        });

        Assert.Equal((1, false), (asked, isAsked));
    }

    public void Dispose() => _world.Dispose();

    private static MeshAddress? RelayOf(NatNode node, Tunnel tunnel) =>
        tunnel.Path is { } path ? node.Switch.Links.RelayOf(path.Endpoint) : null;

    private void Know(NatNode node, NatNode peer)
    {
        node.Switch.Table.Open(peer.Record, _world.Now, _world.UtcNow);
        _world.Run(TimeSpan.FromSeconds(1));
    }

    private void CutTold(bool isCut = true)
    {
        _world.Internet.Sites.CutSite(0, isCut);
        _world.Internet.Sites.CutSite(1, isCut);
    }

    private void Distance(int site, int milliseconds)
    {
        var delay = TimeSpan.FromMilliseconds(milliseconds);
        _world.Internet.Sites.SetLink(8, site, new SimLink(0, 0, delay, delay));
        _world.Internet.Sites.SetLink(site, 8, new SimLink(0, 0, delay, delay));
    }

    private void Until(TimeSpan most, Func<bool> holds, string what) =>
        Assert.True(_world.RunUntil(most, holds), $"{what}: not within {most}");
}
