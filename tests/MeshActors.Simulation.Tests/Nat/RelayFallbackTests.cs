using System;
using System.Linq;
using MeshActors.TestKit.Nat;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Paths;
using MeshActors.Transport.Tunnels;
using Xunit;

namespace MeshActors.Simulation.Tests.Nat;

/// <summary>Nodes that let no relay carry streams: they come to a direct path, or to an error in time.</summary>
public sealed class RelayFallbackTests : IDisposable
{
    private const int SiteA = 1;
    private const int SiteB = 2;

    private static readonly TunnelSettings DirectOnly = new() { RelayFallback = false };
    private static readonly SimLink Link = new(0, 0, TimeSpan.FromMilliseconds(30), TimeSpan.FromMilliseconds(30));

    private readonly NatWorld _world = new(1, Link);
    private NatNode _one = null!;
    private NatNode _two = null!;

    [Theory]
    [InlineData("port-restricted", "port-restricted", false)]
    [InlineData("port-restricted", "full-cone", true)]
    [InlineData("random-symmetric", "address-restricted", true)]
    [InlineData("open", "open", false)]
    public void Streams_wait_for_a_direct_path_and_go_over_it_alone(string a, string b, bool early)
    {
        Connect(a, b, DirectOnly, DirectOnly);

        var tunnel = _one.Open(_two, early, _world.Now, _world.UtcNow);
        Assert.True(_world.RunUntil(TimeSpan.FromSeconds(3), () => _one.TalkIn(tunnel).OpenedAt is not null), "never open");
        Assert.Equal(PathKind.Direct, tunnel.Path!.Path.Kind);
        _world.Run(TimeSpan.FromSeconds(3));

        AssertAllHeard(tunnel);
        AssertNothingOverRelays();
    }

    [Fact]
    public void A_pair_that_no_direct_path_joins_ends_in_time_and_says_what_was_tried()
    {
        Connect("random-symmetric", "random-symmetric", DirectOnly, DirectOnly);
        var start = _world.Now;

        var tunnel = _one.Open(_two, early: false, _world.Now, _world.UtcNow);
        var talk = _one.TalkIn(tunnel);
        Assert.True(_world.RunUntil(TimeSpan.FromSeconds(20), () => _one.Ends.Count > 0), "never ended");

        var (at, reason) = _one.Ends.Single();
        Assert.InRange(at - start, TimeSpan.Zero, DirectOnly.DirectTimeout + TimeSpan.FromSeconds(1));
        Assert.Equal(TunnelCloseCode.NoDirectPath, reason.Code);
        Assert.Contains($"relay {_world.Relays[0].Identity.Address}", reason.Text, StringComparison.Ordinal);
        Assert.Contains("direct ", reason.Text, StringComparison.Ordinal);
        Assert.Null(talk.OpenedAt);
        Assert.Equal((0, 0), (_one.Heard, _two.Heard));
        _world.Run(TimeSpan.FromSeconds(1));
        Assert.Equal(TunnelCloseCode.NoDirectPath, _two.Ends.Single().Reason.Code);
    }

    /// <summary>With two relays both know that their NATs give out any port; no technique fits, and nobody has to wait for what cannot be.</summary>
    [Theory]
    [InlineData("random-symmetric", "random-symmetric", true)]
    [InlineData("sequential-symmetric", "random-symmetric", true)]
    [InlineData("port-restricted", "sequential-symmetric", false)]
    public void Where_no_direct_path_can_be_the_error_comes_when_every_endpoint_was_challenged_in_vain(string a, string b, bool withPunching)
    {
        var settings = DirectOnly with { Punching = new PunchSettings { IsEnabled = withPunching } };
        Connect(a, b, settings, settings, relays: 2);
        var start = _world.Now;

        _one.Open(_two, early: false, _world.Now, _world.UtcNow);
        Assert.True(_world.RunUntil(TimeSpan.FromSeconds(20), () => _one.Ends.Count > 0), "never ended");

        var (at, reason) = _one.Ends.Single();
        Assert.InRange(at - start, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(4));
        Assert.Equal(TunnelCloseCode.NoDirectPath, reason.Code);
        Assert.Contains("direct ", reason.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Challenges_alone_may_get_through_two_mappings_for_all_so_these_have_all_their_time()
    {
        Connect("port-restricted", "full-cone", DirectOnly, DirectOnly, relays: 2);
        CutBetween(isCut: true);
        var start = _world.Now;

        _one.Open(_two, early: false, _world.Now, _world.UtcNow);
        Assert.True(_world.RunUntil(TimeSpan.FromSeconds(20), () => _one.Ends.Count > 0), "never ended");

        Assert.InRange(_one.Ends.Single().At - start, DirectOnly.DirectTimeout, DirectOnly.DirectTimeout + TimeSpan.FromSeconds(1));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void One_side_alone_that_wants_no_relay_is_heeded_by_the_other(bool isDialler)
    {
        Connect("random-symmetric", "random-symmetric", isDialler ? DirectOnly : new(), isDialler ? new() : DirectOnly);

        _one.Open(_two, early: true, _world.Now, _world.UtcNow);
        _world.Run(TimeSpan.FromSeconds(17));

        Assert.Equal(TunnelCloseCode.NoDirectPath, _one.Ends.Single().Reason.Code);
        Assert.Equal(TunnelCloseCode.NoDirectPath, _two.Ends.Single().Reason.Code);
        AssertNothingOverRelays();
        Assert.Equal((0, 0), (_one.Heard, _two.Heard));
    }

    [Fact]
    public void A_direct_path_that_is_lost_for_a_while_costs_that_while_and_nothing_else()
    {
        Connect("port-restricted", "full-cone", DirectOnly, DirectOnly);
        var tunnel = _one.Open(_two, early: false, _world.Now, _world.UtcNow);
        _world.Run(TimeSpan.FromSeconds(5));

        CutBetween(isCut: true);
        _world.Run(TimeSpan.FromSeconds(8));
        Assert.Equal(PathKind.Relayed, tunnel.Path!.Path.Kind);
        CutBetween(isCut: false);
        _world.Run(TimeSpan.FromSeconds(12));

        Assert.Equal(PathKind.Direct, tunnel.Path!.Path.Kind);
        Assert.Empty(_one.Ends);
        AssertAllHeard(tunnel);
        AssertNothingOverRelays();
    }

    [Fact]
    public void A_direct_path_that_is_lost_for_good_ends_the_tunnel_after_the_same_time()
    {
        Connect("port-restricted", "full-cone", DirectOnly, DirectOnly);
        _one.Open(_two, early: false, _world.Now, _world.UtcNow);
        _world.Run(TimeSpan.FromSeconds(5));

        CutBetween(isCut: true);
        var cut = _world.Now;
        Assert.True(_world.RunUntil(TimeSpan.FromSeconds(30), () => _one.Ends.Count > 0), "never ended");

        Assert.InRange(_world.Now - cut, TimeSpan.FromSeconds(10), DirectOnly.DirectTimeout + TimeSpan.FromSeconds(2));
        Assert.Equal(TunnelCloseCode.NoDirectPath, _one.Ends.Single().Reason.Code);
        AssertNothingOverRelays();
    }

    [Fact]
    public void A_peer_without_an_endpoint_or_a_common_relay_is_an_error_at_once()
    {
        Connect("open", "open", DirectOnly, DirectOnly);

        var nowhere = _two.Record with { Endpoints = [], Relays = [] };
        _one.Switch.Table.Open(nowhere, _world.Now, _world.UtcNow);
        _world.Run(TimeSpan.FromMilliseconds(10));

        Assert.Equal(TunnelFailure.NoDirectPath, _one.Failures.Single().Failure);
    }

    public void Dispose() => _world.Dispose();

    private void Connect(string a, string b, TunnelSettings ofOne, TunnelSettings ofTwo, int relays = 1)
    {
        NatNode[] relay = [.. Enumerable.Range(0, relays).Select(number => _world.AddRelay(10 * number))];
        _world.Settings = ofOne;
        _one = _world.AddNode("a", SiteA, NatKinds.Named(a).Create(new SimRandom(1)), relay);
        _world.Settings = ofTwo;
        _two = _world.AddNode("b", SiteB, NatKinds.Named(b).Create(new SimRandom(2)), relay);

        // What is taken ahead of a session is taken by nodes that have run for a while.
        _world.Run(TimeSpan.FromSeconds(130));
        Assert.True(_one.Switch.Links.All[0].Client.IsLeased && _two.Switch.Links.All[0].Client.IsLeased, "no lease");
    }

    private void CutBetween(bool isCut)
    {
        _world.Internet.Sites.Cut(SiteA, SiteB, isCut);
        _world.Internet.Sites.Cut(SiteB, SiteA, isCut);
    }

    private void AssertAllHeard(Tunnel tunnel)
    {
        var forth = _one.TalkIn(tunnel);
        var back = _two.Talks.Values.Single(talk => talk.Tunnel.Peer.Address == _one.Identity.Address);
        forth.IsPaused = true;
        back.IsPaused = true;
        _world.Run(TimeSpan.FromSeconds(3));
        Assert.Null(_world.Failure);
        Assert.True(forth.Said > 20, $"{forth.Said} said");
        Assert.Equal((forth.Said, back.Said), (back.Heard, forth.Heard));
    }

    private void AssertNothingOverRelays() => Assert.Equal((0, 0), (_one.HeardOverRelays, _two.HeardOverRelays));
}
