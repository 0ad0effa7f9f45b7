using System;
using System.Linq;
using MeshActors.TestKit.Nat;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Paths;
using MeshActors.Transport.Switching;
using MeshActors.Transport.Tunnels;
using Xunit;

namespace MeshActors.Simulation.Tests.Nat;

/// <summary>Whole nodes behind NATs, with real relays between them.</summary>
public sealed class NatWorldTests
{
    private static readonly SimLink Link = new(0, 0, TimeSpan.FromMilliseconds(30), TimeSpan.FromMilliseconds(30));

    [Theory]
    [InlineData("open", "open")]
    [InlineData("full-cone", "port-restricted")]
    [InlineData("port-restricted", "port-restricted")]
    [InlineData("random-symmetric", "address-restricted")]
    [InlineData("double-nat", "port-restricted")]
    public void A_pair_whose_nats_allow_it_comes_to_a_direct_path(string a, string b)
    {
        using var world = new NatWorld(1, Link);
        var relay = world.AddRelay(0);
        var one = world.AddNode("a", 1, NatKinds.Named(a).Create(new SimRandom(1)), relay);
        var two = world.AddNode("b", 2, NatKinds.Named(b).Create(new SimRandom(2)), relay);
        world.Run(TimeSpan.FromSeconds(2));
        Assert.Null(world.Failure);
        Assert.True(one.Switch.Links.All[0].Client.IsLeased, "no lease");
        Assert.True(two.Switch.Links.All[0].Client.IsLeased, "no lease");

        var opened = world.Now;
        var tunnel = one.Open(two, early: false, world.Now, world.UtcNow);
        Assert.True(world.RunUntil(TimeSpan.FromSeconds(5), () => tunnel.State == TunnelState.Open), world.Failure);
        Assert.InRange((world.Now - opened).TotalMilliseconds, 1, 132);

        Assert.True(world.RunUntil(TimeSpan.FromSeconds(3), () => tunnel.Path!.Path.Kind == PathKind.Direct
            && two.Talks.Keys.All(back => back.Path!.Path.Kind == PathKind.Direct)), world.Failure ?? Describe(tunnel));
        world.Run(TimeSpan.FromSeconds(5));
        Assert.Null(world.Failure);
        Assert.Equal(PathKind.Direct, tunnel.Path!.Path.Kind);
    }

    [Fact]
    public void A_tunnel_goes_on_over_a_side_socket_when_the_first_one_dies_and_the_socket_lives_as_long_as_the_path()
    {
        using var world = new NatWorld(1, Link);
        var relay = world.AddRelay(0);
        var one = world.AddNode("a", 1, NatKinds.Named("port-restricted").Create(new SimRandom(1)), relay);
        var two = world.AddNode("b", 2, NatAccess.Open, relay);
        world.Run(TimeSpan.FromSeconds(2));
        var tunnel = one.Open(two, early: false, world.Now, world.UtcNow);
        Assert.True(world.RunUntil(TimeSpan.FromSeconds(5), () => tunnel.Path?.Path.Kind == PathKind.Direct), world.Failure);

        Assert.True(one.Switch.Sides.TryOpen(out var side));
        Assert.True(world.RunUntil(TimeSpan.FromSeconds(1), () => one.Switch.Sides.IsOpen(side)));
        var way = SocketEndpoint.Of(side, two.HostEndpoints.First());
        tunnel.Routes.Paths!.Agent.Offer([way], world.Now);
        one.Switch.Table.Touch(tunnel);
        Assert.True(world.RunUntil(
            TimeSpan.FromSeconds(1), () => tunnel.Routes.Paths.Agent.Paths.Find(way) is { State: PathState.Valid }), Describe(tunnel));

        one.Host.Close(NatNode.Port);
        world.Run(TimeSpan.FromSeconds(3));
        Assert.Equal(way, tunnel.Path!.Endpoint);
        one.Switch.Sides.LetGo(side, world.Now);
        var (said, heard) = (one.TalkIn(tunnel).Said, one.TalkIn(tunnel).Heard);
        world.Run(TimeSpan.FromSeconds(20));

        Assert.Null(world.Failure);
        Assert.Equal(way, tunnel.Path!.Endpoint);
        Assert.True(one.Switch.Sides.IsOpen(side), "a path names it");
        Assert.InRange(one.TalkIn(tunnel).Said - said, 900, 1_100);
        Assert.InRange(one.TalkIn(tunnel).Heard - heard, 900, 1_100);

        one.Switch.Table.Close(tunnel, 0, "over", world.Now);
        world.Run(TimeSpan.FromSeconds(20));
        Assert.False(one.Switch.Sides.IsOpen(side), "nobody names it");
        Assert.Equal(SideSocketState.Free, one.Switch.Sides.StateOf(side));
    }

    [Fact]
    public void A_node_that_is_cut_off_from_one_relay_sends_it_no_frames_over_the_other_and_has_its_lease_back_at_once()
    {
        using var world = new NatWorld(1, Link);
        NatNode[] relays = [world.AddRelay(0), world.AddRelay(1)];
        var node = world.AddNode("a", 2, NatAccess.Open, relays);
        node.Supervise();
        var strays = 0;
        world.Internet.Observer = happened => strays += RelayedEndpoint.IsReserved(happened.Packet.To) ? 1 : 0;
        world.Run(TimeSpan.FromSeconds(2));
        world.Internet.Sites.Cut(2, 0);
        world.Internet.Sites.Cut(0, 2);

        world.Run(TimeSpan.FromSeconds(60));
        Assert.False(node.Switch.Links.All[0].Client.IsLeased);
        Assert.True(node.Switch.Links.All[1].Client.IsLeased);
        world.Internet.Sites.MendAll();
        node.Switch.HandleNetworkChanged(world.Now);
        Assert.True(world.RunUntil(TimeSpan.FromSeconds(2), () => node.Switch.Links.All[0].Client.IsLeased), "no lease");
        Assert.Equal(0, strays);
        Assert.Null(world.Failure);
    }

    [Fact]
    public void A_node_whose_only_relay_is_gone_rests_between_its_attempts()
    {
        using var world = new NatWorld(1, Link);
        var relay = world.AddRelay(0);
        var node = world.AddNode("a", 1, NatAccess.Open, relay);
        node.Supervise();
        world.Run(TimeSpan.FromSeconds(2));
        world.Internet.Sites.CutSite(0);

        world.Run(TimeSpan.FromSeconds(100));
        Assert.Null(world.Failure);
        Assert.False(node.Switch.Links.All[0].Client.IsLeased);
        world.Internet.Sites.MendAll();
        Assert.True(world.RunUntil(TimeSpan.FromSeconds(8), () => node.Switch.Links.All[0].Client.IsLeased), "no lease");
    }

    private static string Describe(Tunnel tunnel) => string.Join("; ", tunnel.Routes.Paths!.Agent.Paths.Select(
        path => $"{path.Endpoint} {path.Kind} {path.State} {path.RoundTrip}"));
}
