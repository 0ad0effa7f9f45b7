using System;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Paths;
using MeshActors.Transport.Tunnels;
using Xunit;

namespace MeshActors.Transport.Tests.Tunnels;

/// <summary>One tunnel over several ways: the best is taken, and one that dies is not noticed by what streams carry.</summary>
public sealed class ManyPathsTests : IDisposable
{
    private readonly Way _relayed;
    private readonly Way _direct = new(WayWorld.Public(1), WayWorld.Public(2), 10);
    private readonly WayWorld _world;

    public ManyPathsTests()
    {
        using var one = new TableNode(1, 1001);
        using var two = new TableNode(2, 1002);
        _relayed = WayWorld.Relayed(one.Record.Address, two.Record.Address);
        _world = new WayWorld(_relayed, _direct);
    }

    public void Dispose() => _world.Dispose();

    [Fact]
    public void A_tunnel_that_was_opened_over_a_relay_becomes_direct_without_a_packet_lost()
    {
        var tunnel = _world.Open(_relayed);
        Assert.Equal(PathKind.Relayed, tunnel.Path!.Path.Kind);

        TellBoth();
        _world.Run(600);

        Assert.Equal(_direct.Two, tunnel.Path.Endpoint);
        Assert.Equal(_direct.One, _world.TunnelOfTwo().Path!.Endpoint);
        _world.AssertHeard();
        Assert.Equal(0, tunnel.Streams.Statistics.PacketsLost);
        Assert.Equal(0, _world.TunnelOfTwo().Streams.Statistics.PacketsLost);
    }

    /// <summary>Challenges may wait in the tunnel to a relay until it is open again; what is lost on such a path must not be missed for several times that.</summary>
    [Theory]
    [InlineData(50, 50)]
    [InlineData(12_000, 1_000)]
    public void Timers_of_a_path_begin_with_what_challenges_measured_but_with_no_more_than_a_second(int measuredMs, int firstMs)
    {
        var path = new PeerPath(_direct.Two, PathKind.Direct, isSeen: false, _world.Now);
        path.HandleSent(1, _world.Now);
        Assert.True(path.HandleAnswer(1, TimeSpan.FromSeconds(10), _world.Now + TimeSpan.FromMilliseconds(measuredMs)));

        Assert.Equal(TimeSpan.FromMilliseconds(firstMs), TunnelPath.FirstRoundTrip(path));
    }

    [Fact]
    public void Nothing_more_goes_over_the_relay_but_a_challenge_now_and_then()
    {
        _world.Open(_relayed);
        TellBoth();
        _world.Run(2_000);

        var before = _relayed.Datagrams;
        _world.Run(60_000);

        Assert.InRange(_relayed.Datagrams - before, 2, 20);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void A_direct_path_that_dies_costs_less_than_a_second(bool toOne, bool toTwo)
    {
        var tunnel = _world.Open(_relayed);
        TellBoth();
        _world.Run(5_000);
        _world.TakeWorstGapMs();

        _direct.CarriesToOne = !toOne;
        _direct.CarriesToTwo = !toTwo;
        _world.Run(10_000);

        Assert.Equal(_relayed.Two, tunnel.Path!.Endpoint);
        Assert.InRange(_world.TakeWorstGapMs(), 0, 500);
        Assert.Empty(_world.One.Failures);
        Assert.Empty(_world.Two.Failures);
        _world.AssertHeard();
    }

    [Fact]
    public void A_direct_path_that_was_cut_while_the_tunnel_was_made_is_tried_again_by_both_sides_within_a_minute()
    {
        var tunnel = _world.Open(_relayed);
        _direct.Cut();
        TellBoth();
        _world.Run(30_000);
        Assert.Equal(_relayed.Two, tunnel.Path!.Endpoint);
        _direct.Mend();
        _world.Run(1_000);
        Assert.Equal(_relayed.Two, tunnel.Path!.Endpoint);

        _world.Run(27_000);

        Assert.Equal(_direct.Two, tunnel.Path.Endpoint);
        Assert.Equal(_direct.One, _world.TunnelOfTwo().Path!.Endpoint);
        _world.AssertHeard();
    }

    [Fact]
    public void A_direct_path_that_was_cut_for_minutes_is_tried_again_at_once_when_one_side_tells_something_new()
    {
        var tunnel = _world.Open(_relayed);
        _direct.Cut();
        TellBoth();
        _world.Run(400_000);
        _direct.Mend();
        _world.Run(1_000);
        Assert.Equal(_relayed.Two, tunnel.Path!.Endpoint);

        _world.Tell(_world.One, 2, _direct.One);
        _world.Run(2_000);

        Assert.Equal(_direct.Two, tunnel.Path.Endpoint);
    }

    [Fact]
    public void A_direct_path_that_comes_back_is_taken_again()
    {
        var tunnel = _world.Open(_relayed);
        TellBoth();
        _world.Run(2_000);
        _direct.Cut();
        _world.Run(10_000);
        Assert.Equal(_relayed.Two, tunnel.Path!.Endpoint);

        _direct.Mend();
        _world.Run(20_000);

        Assert.Equal(_direct.Two, tunnel.Path.Endpoint);
        _world.AssertHeard();
    }

    [Fact]
    public void A_relay_that_dies_while_nothing_else_is_known_is_noticed_and_waited_for()
    {
        var tunnel = _world.Open(_relayed);
        _world.Run(1_000);

        _relayed.Cut();
        _world.Run(1_500);
        _relayed.Mend();
        _world.Run(3_000);

        Assert.Equal(TunnelState.Open, tunnel.State);
        _world.AssertHeard();
    }

    [Fact]
    public void A_path_that_carries_small_datagrams_alone_is_not_taken()
    {
        _direct.MostBytes = 600;
        var tunnel = _world.Open(_relayed);
        TellBoth();

        _world.Run(20_000);

        Assert.Equal(_relayed.Two, tunnel.Path!.Endpoint);
        _world.AssertHeard();
    }

    [Fact]
    public void A_node_that_moves_is_followed()
    {
        var tunnel = _world.Open(_relayed);
        TellBoth();
        _world.Run(5_000);
        _world.TakeWorstGapMs();

        _direct.One = WayWorld.Public(77);
        _world.One.Table.HandleNetworkChanged(_world.Now);
        _world.Tell(_world.One, 2, WayWorld.Public(77));
        _world.Run(5_000);

        Assert.Equal(_direct.Two, tunnel.Path!.Endpoint);
        Assert.Equal(WayWorld.Public(77), _world.TunnelOfTwo().Path!.Endpoint);
        Assert.InRange(_world.TakeWorstGapMs(), 0, 300);
        _world.AssertHeard();
    }

    [Fact]
    public void A_node_whose_nat_gives_it_another_port_in_silence_is_followed()
    {
        _world.Open(_relayed);
        TellBoth();
        _world.Run(5_000);
        _world.TakeWorstGapMs();

        _direct.One = WayWorld.Public(77);
        _world.Run(10_000);

        Assert.Equal(WayWorld.Public(77), _world.TunnelOfTwo().Path!.Endpoint);
        Assert.InRange(_world.TakeWorstGapMs(), 0, 500);
        _world.AssertHeard();
    }

    [Fact]
    public void Two_ways_over_relays_stand_in_for_each_other()
    {
        var second = new Way(
            RelayedEndpoint.Of(1, _world.One.Record.Address), RelayedEndpoint.Of(1, _world.Two.Record.Address), 60);
        using var world = new WayWorld(_relayed, second);
        var tunnel = world.Open(_relayed);
        tunnel.Routes.Paths!.Agent.Offer([second.Two], world.Now);
        world.Run(3_000);
        world.TakeWorstGapMs();

        _relayed.Cut();
        world.Run(5_000);

        Assert.Equal(second.Two, tunnel.Path!.Endpoint);
        Assert.InRange(world.TakeWorstGapMs(), 0, 800);
        world.AssertHeard();
    }

    [Fact]
    public void A_tunnel_without_candidates_sends_nothing_about_paths()
    {
        _world.Talks = false;
        _world.Open(_relayed);
        _world.Run(1_000);

        var before = _relayed.Datagrams;
        _world.Run(29_000);

        Assert.InRange(_relayed.Datagrams - before, 0, 8);
    }

    private void TellBoth()
    {
        _world.Tell(_world.One, 1, _direct.One);
        _world.Tell(_world.Two, 1, _direct.Two);
    }
}
