using System;
using System.Linq;
using MeshActors.TestKit.Nat;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Switching;
using Xunit;

namespace MeshActors.Simulation.Tests.Nat;

/// <summary>A node that may use several relays holds leases at the nearest two, and follows when that changes.</summary>
public sealed class HomeRelayWorldTests : IDisposable
{
    private const int SiteOfNode = 9;

    private readonly NatWorld _world = new(7, SimLink.Perfect);
    private readonly NatNode[] _relays = new NatNode[3];
    private readonly NatNode _node;

    public HomeRelayWorldTests()
    {
        for (var i = 0; i < _relays.Length; i++)
        {
            _relays[i] = _world.AddRelay(i);
        }

        Distance(0, 60);
        Distance(1, 25);
        Distance(2, 80);
        _node = _world.AddNode("a", SiteOfNode, NatKinds.PortRestricted.Create(new SimRandom(1)), _relays);
    }

    [Fact]
    public void The_record_names_the_nearest_first_and_the_second_after_it_and_no_other_keeps_a_lease()
    {
        _world.Run(TimeSpan.FromSeconds(40) + RelayChoice.Grace);

        Assert.Equal([Address(1), Address(0)], Named());
        Assert.Equal([Address(0), Address(1)], Leased());
    }

    [Fact]
    public void Turns_in_which_nothing_is_due_cost_no_memory()
    {
        _world.Run(TimeSpan.FromSeconds(45));
        Assert.True(_node.Switch.NextTimeout > _world.Now);
        Turn(1_000);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Turn(1_000);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(3, _node.Switch.Links.All.Count);
    }

    [Fact]
    public void One_that_comes_nearer_is_home_after_half_a_minute_and_not_before()
    {
        _world.Run(TimeSpan.FromSeconds(45));
        Assert.Equal(Address(1), _node.Record.Relays[0]);

        Distance(2, 5);
        _world.Run(TimeSpan.FromSeconds(20));
        Assert.Equal(Address(1), _node.Record.Relays[0]);
        _world.Run(TimeSpan.FromSeconds(110));

        Assert.Equal([Address(2), Address(1)], Named());
        _world.Run(RelayChoice.Grace);
        Assert.Equal([Address(1), Address(2)], Leased());
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(0, 1)]
    public void One_that_dies_is_replaced_at_once(int dies, int stays)
    {
        _world.Run(TimeSpan.FromSeconds(45));
        Assert.Equal([Address(1), Address(0)], Named());

        _world.Internet.Sites.CutSite(dies);
        var seconds = KeepAlive.TotalSeconds + 5;
        Assert.True(
            _world.RunUntil(TimeSpan.FromSeconds(seconds), () => _node.Record.Relays.SequenceEqual([Address(stays), Address(2)])),
            $"{string.Join(", ", Named())} after {seconds} s");
    }

    [Fact]
    public void A_relay_keeps_leases_at_all_others_that_it_forwards_to()
    {
        _world.Run(TimeSpan.FromSeconds(40) + RelayChoice.Grace);

        Assert.All(_relays[2].Switch.Links.All, link => Assert.True(link.Client.IsLeased));
        Assert.Equal(2, _relays[2].Switch.Links.Leases.Count());
    }

    public void Dispose() => _world.Dispose();

    private static TimeSpan KeepAlive => new MeshActors.Transport.Tunnels.TunnelSettings().KeepAliveInterval;

    private MeshAddress[] Named() => [.. _node.Record.Relays];

    private MeshAddress Address(int relay) => _relays[relay].Identity.Address;

    /// <summary>Numbers of relays are those of their places in the node's list.</summary>
    private MeshAddress[] Leased() =>
        [.. _node.Switch.Links.All.Where(link => link.Client.IsLeased).Select(link => link.Client.Relay)];

    /// <summary>What a driver does in each turn, when nothing came and nothing is due.</summary>
    private void Turn(int times)
    {
        for (var i = 0; i < times; i++)
        {
            _node.Switch.HandleTimeout(_world.Now, _world.UtcNow);
            _ = _node.Switch.PollSocketOrder(out _) || _node.Switch.NextTimeout <= _world.Now;
        }
    }

    private void Distance(int relay, int milliseconds)
    {
        var delay = TimeSpan.FromMilliseconds(milliseconds);
        _world.Internet.Sites.SetLink(SiteOfNode, relay, new SimLink(0, 0, delay, delay));
        _world.Internet.Sites.SetLink(relay, SiteOfNode, new SimLink(0, 0, delay, delay));
    }
}
