using System;
using System.Linq;
using MeshActors.TestKit.Nat;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Paths;
using MeshActors.Transport.Tunnels;
using Xunit;

namespace MeshActors.Simulation.Tests.Nat;

/// <summary>What a tunnel says whose every way has died at once.</summary>
public sealed class ExhaustedWaysTests
{
    private const int SiteOfRelay = 0;
    private const int SiteA = 1;
    private const int SiteB = 2;

    [Fact]
    public void It_fails_once_and_names_each_way_with_its_state_and_its_last_answer()
    {
        using var world = new NatWorld(3, new SimLink(0, 0, TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(20)));
        var relay = world.AddRelay(SiteOfRelay);
        world.Settings = new TunnelSettings { AbandonTimeout = TimeSpan.FromSeconds(20) };
        var one = world.AddNode("a", SiteA, NatKinds.PortRestricted.Create(new SimRandom(1)), relay);
        var two = world.AddNode("b", SiteB, NatKinds.FullCone.Create(new SimRandom(2)), relay);
        world.Run(TimeSpan.FromSeconds(3));
        var tunnel = one.Open(two, early: false, world.Now, world.UtcNow);
        world.Run(TimeSpan.FromSeconds(6));
        Assert.Equal(PathKind.Direct, tunnel.Path!.Path.Kind);
        one.Failures.Clear();

        world.Internet.Sites.CutSite(SiteOfRelay);
        world.Internet.Sites.Cut(SiteA, SiteB);
        world.Internet.Sites.Cut(SiteB, SiteA);
        Assert.True(world.RunUntil(TimeSpan.FromSeconds(40), () => one.Ends.Any(end => end.Reason.Cause == TunnelCloseCause.Abandoned)), "never ended");

        var failed = Assert.Single(one.Failures, failure => failure.Of == tunnel);
        Assert.Equal(TunnelFailure.Silence, failed.Failure);
        Assert.True(failed.At < world.Now - TimeSpan.FromSeconds(15));
        var text = one.Ends.Single(end => end.Reason.Cause == TunnelCloseCause.Abandoned).Reason.Text;
        Assert.Contains("tried: ", text, StringComparison.Ordinal);
        Assert.Contains($"relay {relay.Identity.Address} (", text, StringComparison.Ordinal);
        Assert.Contains("direct ", text, StringComparison.Ordinal);
        Assert.Matches("last answer [0-9]+\\.[0-9] s ago", text);
        Assert.InRange(text.Split(" (").Length - 1, 2, TriedWays.Most);
    }
}
