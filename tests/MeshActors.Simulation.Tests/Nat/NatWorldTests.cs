using System;
using System.Linq;
using MeshActors.TestKit.Nat;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Paths;
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

    private static string Describe(Tunnel tunnel) => string.Join("; ", tunnel.Routes.Paths!.Agent.Paths.Select(
        path => $"{path.Endpoint} {path.Kind} {path.State} {path.RoundTrip}"));
}
