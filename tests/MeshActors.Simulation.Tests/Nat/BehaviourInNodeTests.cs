using System;
using System.Linq;
using MeshActors.TestKit.Nat;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Paths;
using MeshActors.Transport.Stun;
using Xunit;

namespace MeshActors.Simulation.Tests.Nat;

/// <summary>Nodes that ask their relays how the NATs before them behave, and tell their peers.</summary>
public sealed class BehaviourInNodeTests
{
    private static readonly SimLink Link = new(0, 0, TimeSpan.FromMilliseconds(30), TimeSpan.FromMilliseconds(30));

    [Theory]
    [InlineData("open", EndpointDependence.EndpointIndependent, PortPattern.Preserving, NatFlags.NotTranslated)]
    [InlineData("full-cone", EndpointDependence.EndpointIndependent, PortPattern.Preserving, NatFlags.None)]
    [InlineData("port-restricted", EndpointDependence.EndpointIndependent, PortPattern.Preserving, NatFlags.None)]
    [InlineData("sequential-symmetric", EndpointDependence.AddressAndPortDependent, PortPattern.Sequential, NatFlags.None)]
    [InlineData("random-symmetric", EndpointDependence.AddressAndPortDependent, PortPattern.Random, NatFlags.None)]
    internal void What_is_before_a_node_is_known_a_second_after_its_leases_and_its_peers_know_it_too(
        string kind, EndpointDependence mapping, PortPattern ports, NatFlags flag)
    {
        using var world = new NatWorld(1, Link);
        NatNode[] relays = [world.AddRelay(0), world.AddRelay(3)];
        var node = world.AddNode("a", 1, NatKinds.Named(kind).Create(new SimRandom(1)), relays);
        var peer = world.AddNode("b", 2, NatAccess.Open, relays);
        Assert.True(world.RunUntil(
            TimeSpan.FromSeconds(2), () => node.Switch.Links.All.All(link => link.Client.IsLeased)), world.Failure);

        Assert.True(world.RunUntil(TimeSpan.FromSeconds(1), () => node.Switch.Behaviour is not null), world.Failure);
        var found = node.Switch.Behaviour!.Value;
        Assert.Equal(mapping, found.Mapping);
        Assert.Equal(ports, found.Ports.Pattern);
        Assert.Equal(flag, found.Flags & NatFlags.NotTranslated);

        var tunnel = node.Open(peer, early: false, world.Now, world.UtcNow);
        world.Run(TimeSpan.FromSeconds(5));
        Assert.Null(world.Failure);
        Assert.Equal(0, node.Switch.Sides.Count);
        var back = Assert.Single(peer.Talks.Keys, back => back.Peer.Address == node.Identity.Address);
        Assert.Equal(node.Switch.Behaviour, back.Routes.Paths!.Candidates.PeerBehaviour);
        Assert.Equal(peer.Switch.Behaviour, tunnel.Routes.Paths!.Candidates.PeerBehaviour);
        Assert.Equal(PathKind.Direct, tunnel.Path!.Path.Kind);
    }

    [Fact]
    public void A_node_that_comes_to_another_network_asks_again()
    {
        using var world = new NatWorld(1, Link);
        NatNode[] relays = [world.AddRelay(0), world.AddRelay(3)];
        var node = world.AddNode("a", 1, NatKinds.Named("random-symmetric").Create(new SimRandom(1)), relays);
        world.Run(TimeSpan.FromSeconds(5));
        Assert.Equal(EndpointDependence.AddressAndPortDependent, node.Switch.Behaviour?.Mapping);

        node.Host.Detach();
        node.Host.Place.Site = 4;
        world.Neighbourhood.Attach(node.Host, world.Internet.Public);
        node.Switch.SetHosts([.. node.HostEndpoints], world.Now);
        node.Switch.HandleNetworkChanged(world.Now);

        Assert.True(world.RunUntil(
            TimeSpan.FromSeconds(10), () => node.Switch.Behaviour?.Flags.HasFlag(NatFlags.NotTranslated) == true), world.Failure);
        world.Run(TimeSpan.FromSeconds(5));
        Assert.Equal(0, node.Switch.Sides.Count);
    }

    [Fact]
    public void Where_no_relay_answers_over_stun_nothing_is_known_and_no_socket_stays_open()
    {
        using var world = new NatWorld(1, Link);
        var relay = world.AddRelay(0);
        var node = world.AddNode("a", 1, NatKinds.Named("port-restricted").Create(new SimRandom(1)), relay);
        var asked = 0;
        world.Internet.Observer = happened =>
        {
            // What the side sockets ask is lost on its way.
            if (happened.Fate == SimFate.Sent && happened.Place == node.Host.Place && happened.Packet.From.Port != NatNode.Port)
            {
                asked++;
                world.Internet.Sites.Cut(1, 0);
            }
            else if (happened.Fate == SimFate.Cut)
            {
                world.Internet.Sites.Cut(1, 0, isCut: false);
            }
        };

        world.Run(TimeSpan.FromSeconds(60));

        Assert.Null(world.Failure);
        Assert.InRange(asked, 4, 40);
        Assert.Null(node.Switch.Behaviour);
        Assert.Equal(0, node.Switch.Sides.Count);
    }
}
