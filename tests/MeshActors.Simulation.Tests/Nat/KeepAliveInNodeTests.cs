using System;
using System.Linq;
using MeshActors.TestKit.Nat;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Paths;
using MeshActors.Transport.Tunnels;
using Xunit;

namespace MeshActors.Simulation.Tests.Nat;

/// <summary>Nodes that find out how long the NAT before them remembers, and keep idle tunnels alive no more often than that asks for.</summary>
public sealed class KeepAliveInNodeTests
{
    private static readonly SimLink Link = new(0, 0, TimeSpan.FromMilliseconds(30), TimeSpan.FromMilliseconds(30));

    [Theory]
    [InlineData(20, 12, 12)]
    [InlineData(60, 36, 30)]
    public void An_idle_direct_path_outlives_what_the_NAT_forgets(int expirySeconds, double learnedSeconds, double intervalSeconds)
    {
        using var world = new NatWorld(1, Link);
        NatNode[] relays = [world.AddRelay(0), world.AddRelay(3)];
        var nat = new NatSettings(
            NatDependence.EndpointIndependent, NatDependence.AddressAndPortDependent, PortAllocation.Preserving)
        {
            Expiry = TimeSpan.FromSeconds(expirySeconds),
        };
        var behind = world.AddNode("a", 1, NatAccess.Behind(nat), relays);
        var open = world.AddNode("b", 2, NatAccess.Open, relays);
        world.Run(TimeSpan.FromSeconds(2));
        var tunnel = behind.Open(open, early: false, world.Now, world.UtcNow);
        Assert.True(world.RunUntil(
            TimeSpan.FromSeconds(5), () => tunnel.Path?.Path.Kind == PathKind.Direct && Back(open, behind) is not null), world.Failure);
        var back = Back(open, behind)!;
        behind.TalkIn(tunnel).IsPaused = true;
        back.IsPaused = true;

        // Twenty seconds until it begins, and then as long as the silences that are tried.
        Assert.True(world.RunUntil(TimeSpan.FromSeconds(240), () => behind.Switch.Place.KeepAlive is not null), world.Failure);
        Assert.Equal(learnedSeconds, behind.Switch.Place.KeepAlive!.Value.TotalSeconds, 6);
        Assert.Equal(intervalSeconds, tunnel.Routes.KeepAliveInterval.TotalSeconds, 6);
        Assert.Null(open.Switch.Place.KeepAlive);
        Assert.Equal(new TunnelSettings().KeepAliveInterval, back.Tunnel.Routes.KeepAliveInterval);
        world.Run(TimeSpan.FromSeconds(40));
        Assert.Equal(0, behind.Switch.Sides.Count);

        var switches = (tunnel.Routes.Paths!.Agent.Switches, back.Tunnel.Routes.Paths!.Agent.Switches);
        world.Run(TimeSpan.FromMinutes(5));
        var heard = behind.TalkIn(tunnel).Heard;
        back.IsPaused = false;
        Assert.True(world.RunUntil(TimeSpan.FromMilliseconds(60), () => behind.TalkIn(tunnel).Heard > heard), "what the open side says comes in at once");
        Assert.Equal(switches, (tunnel.Routes.Paths.Agent.Switches, back.Tunnel.Routes.Paths.Agent.Switches));
        Assert.Equal(PathKind.Direct, tunnel.Path!.Path.Kind);
        Assert.Empty(behind.Failures);
        Assert.Empty(open.Failures);
        Assert.Null(world.Failure);
    }

    private static NatTalk? Back(NatNode node, NatNode peer) =>
        node.Talks.Values.SingleOrDefault(talk => talk.Tunnel.Peer.Address == peer.Identity.Address);
}
