using System;
using MeshActors.TestKit.Nat;
using MeshActors.Transport.Remoting;
using MeshActors.Transport.Stun;
using Xunit;

namespace MeshActors.Transport.Tests.Supervision;

/// <summary>What users see of the NATs before a node.</summary>
public sealed class NatSpecs : SupervisionSpec
{
    [Fact]
    public void How_nats_behave_is_told_once_when_relays_have_been_asked()
    {
        var relays = new[] { AddRelay(0), AddRelay(1) };
        var a = AddNode("a", NatKinds.RandomSymmetric.Create(Random.Split()), relays);

        EventFilter.Info(contains: "NAT before this node: mapping AddressAndPortDependent").ExpectOne(
            () => Run(TimeSpan.FromSeconds(20)));

        a.Transport.Tell(DescribeNat.Instance, TestActor);
        var described = ExpectMsg<NatDescribed>();
        Assert.Equal(PortPattern.Random, described.Behaviour?.Ports.Pattern);
        Assert.NotEmpty(described.Seen);
        Assert.Empty(described.Mapped);
    }

    [Fact]
    public void A_node_without_a_nat_is_told_as_such()
    {
        var relays = new[] { AddRelay(0), AddRelay(1) };

        EventFilter.Info(contains: "no NAT is before this node").ExpectOne(() =>
        {
            AddNode("a", relays);
            Run(TimeSpan.FromSeconds(20));
        });
    }
}
