using System;
using System.Linq;
using MeshActors.TestKit.Nat;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Paths;
using MeshActors.Transport.Stun;
using MeshActors.Transport.Tunnels;
using MeshActors.Transport.Wire;
using Xunit;

namespace MeshActors.Simulation.Tests.Nat;

/// <summary>Two nodes behind NATs that simultaneous sending does not open, two relays between them.</summary>
public sealed class PunchTests : IDisposable
{
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(20);

    private NatWorld _world = Make(1);
    private NatNode _a = null!;
    private NatNode _b = null!;
    private Tunnel _tunnel = null!;

    public void Dispose() => _world.Dispose();

    [Theory]
    [InlineData("sequential-symmetric", "sequential-symmetric", (int)PunchTechnique.Predicted)]
    [InlineData("sequential-symmetric", "port-restricted", (int)PunchTechnique.Predicted)]
    [InlineData("double-nat", "sequential-symmetric", (int)PunchTechnique.Predicted)]
    [InlineData("random-symmetric", "port-restricted", (int)PunchTechnique.Birthday)]
    [InlineData("double-nat", "random-symmetric", (int)PunchTechnique.Birthday)]
    [InlineData("carrier-block-symmetric", "port-restricted", (int)PunchTechnique.Birthday)]
    public void Guessed_ports_bring_a_direct_path_and_all_sockets_but_the_one_that_hit_are_closed(
        string a, string b, int technique)
    {
        Open(a, b);

        Assert.True(RunUntilDirect(TimeSpan.FromSeconds(15)));
        _world.Run(TimeSpan.FromSeconds(12));
        Assert.Equal((PunchOutcome.Found, (PunchTechnique)technique), (_tunnel.Routes.Punching.Outcome, _tunnel.Routes.Punching.Technique));
        Assert.InRange(_a.Switch.Sides.Count + _b.Switch.Sides.Count, 0, 3);
    }

    [Theory]
    [InlineData("sequential-symmetric", "random-symmetric")]
    [InlineData("random-symmetric", "random-symmetric")]
    public void What_cannot_be_guessed_is_not_tried(string a, string b)
    {
        Open(a, b);

        Assert.False(RunUntilDirect(TimeSpan.FromSeconds(20)));
        Assert.Equal(PunchOutcome.NothingFits, _tunnel.Routes.Punching.Outcome);
        Assert.Equal(0, _a.Switch.Punching.Counters.Sent + _b.Switch.Punching.Counters.Sent);
    }

    /// <summary>With b ports each, b / 2 datagrams from each side meet in 22 % of attempts; a block is known from ten ports, so not all of it is aimed at.</summary>
    [Fact]
    public void Two_small_blocks_meet_now_and_then_at_half_their_ports_and_no_further_ports_are_tried()
    {
        const int Worlds = 40;
        var met = 0;
        for (var seed = 1ul; seed <= Worlds; seed++)
        {
            _world.Dispose();
            _world = Make(seed);
            Open(SmallBlock, SmallBlock);

            met += RunUntilDirect(TimeSpan.FromSeconds(10)) ? 1 : 0;
            _world.Run(TimeSpan.FromSeconds(30));

            Assert.Equal(PunchTechnique.BothRandom, _tunnel.Routes.Punching.Technique);
            Assert.InRange(_a.Switch.Punching.Counters.Sent, 1, PunchPlan.SmallBlock / 2);
            Assert.InRange(_b.Switch.Punching.Counters.Sent, 1, PunchPlan.SmallBlock / 2);
            Assert.Contains(
                _b.Talks.Keys.Append(_tunnel),
                tunnel => tunnel.Routes.Punching.Outcome == (_tunnel.Path?.Path.Kind == PathKind.Direct ? PunchOutcome.Found : PunchOutcome.NothingCame));
        }

        Assert.InRange(met, 2, Worlds / 2);
    }

    [Fact]
    public void Who_switched_it_off_takes_no_part()
    {
        Open("random-symmetric", "port-restricted", new PunchSettings { IsEnabled = false });

        Assert.False(RunUntilDirect(TimeSpan.FromSeconds(20)));
        Assert.Equal(0, _a.Switch.Punching.Counters.Sent + _b.Switch.Punching.Counters.Sent);
        Assert.Equal(PunchOutcome.SwitchedOff, _tunnel.Routes.Punching.Outcome);
        AssertThatAllSideSocketsClose();
    }

    [Fact]
    public void A_birthday_is_not_repeated_within_twenty_seconds()
    {
        Open("random-symmetric", "port-restricted");
        _world.Internet.Sites.Cut(2, 3);
        _world.Internet.Sites.Cut(3, 2);

        Assert.False(RunUntilDirect(TimeSpan.FromSeconds(60)));
        Assert.Equal(PunchPlan.MostGuesses + (2 * PunchPlan.ManySockets), _a.Switch.Punching.Counters.Sent + _b.Switch.Punching.Counters.Sent);
        Assert.Contains(_b.Talks.Keys.Append(_tunnel), tunnel => tunnel.Routes.Punching.Outcome == PunchOutcome.NothingCame);
        AssertThatAllSideSocketsClose();
    }

    /// <summary>One relay shows nothing of the mapping. A subscriber of 2,048 ports that takes itself for one with a port for all, and tries 2,000 of the peer's, has none left for anybody.</summary>
    [Fact]
    public void Who_knows_one_relay_alone_leaves_its_carrier_ports_for_others()
    {
        var random = new SimRandom(7);
        NatNode[] relays = [_world.AddRelay(0), _world.AddRelay(1)];
        _a = _world.AddNode("a", 2, NatKinds.CarrierBlockSymmetric.Create(random.Split()), relays[0]);
        _b = _world.AddNode("b", 3, NatKinds.RandomSymmetric.Create(random.Split()), relays);
        _world.Run(TimeSpan.FromSeconds(5));
        _tunnel = _a.Open(_b, early: false, _world.Now, _world.UtcNow);

        _world.Run(TimeSpan.FromMinutes(2));

        Assert.Equal(PunchTechnique.Birthday, _tunnel.Routes.Punching.Technique);
        Assert.InRange(_a.Switch.Punching.Counters.Sent, 1, PunchPlan.MostGuessesUnproven);
    }

    [Fact]
    public void A_relay_that_comes_later_shows_what_the_first_could_not()
    {
        _world.Internet.Sites.Cut(1, 2);
        NatNode[] relays = [_world.AddRelay(0), _world.AddRelay(1)];
        _a = _world.AddNode("a", 2, NatKinds.CarrierBlockSymmetric.Create(new SimRandom(7)), relays);
        _world.Run(TimeSpan.FromSeconds(20));
        Assert.Equal(EndpointDependence.Unknown, _a.Switch.Behaviour?.Mapping);

        _world.Internet.Sites.MendAll();
        _world.Run(TimeSpan.FromSeconds(20));

        Assert.Equal(EndpointDependence.AddressAndPortDependent, _a.Switch.Behaviour?.Mapping);
    }

    /// <summary>Those that look how long mappings live are closed when that is known.</summary>
    private void AssertThatAllSideSocketsClose()
    {
        _world.Run(TimeSpan.FromMinutes(5));
        Assert.Equal(0, _a.Switch.Sides.Count + _b.Switch.Sides.Count);
    }

    /// <summary>A mapping for each peer, whose port is any of the subscriber's 512.</summary>
    private static NatAccess SmallBlock { get; } = NatAccess.Behind(new NatSettings(
        NatDependence.AddressAndPortDependent, NatDependence.AddressAndPortDependent, PortAllocation.Block(PunchPlan.SmallBlock)));

    private static NatWorld Make(ulong seed) => new(seed, new SimLink(0, 0, Delay, Delay));

    private void Open(string a, string b, PunchSettings? punching = null)
    {
        var random = new SimRandom(7);
        _world.Settings = new TunnelSettings { Punching = punching ?? new PunchSettings() };
        Open(NatKinds.Named(a).Create(random.Split()), NatKinds.Named(b).Create(random.Split()));
    }

    private void Open(NatAccess a, NatAccess b)
    {
        NatNode[] relays = [_world.AddRelay(0), _world.AddRelay(1)];
        _a = _world.AddNode("a", 2, a, relays);
        _b = _world.AddNode("b", 3, b, relays);
        _world.Run(TimeSpan.FromSeconds(5));
        Assert.True(_a.Switch.Links.Leased == 2 && _b.Switch.Links.Leased == 2);
        _tunnel = _a.Open(_b, early: false, _world.Now, _world.UtcNow);
    }

    private bool RunUntilDirect(TimeSpan most) =>
        _world.RunUntil(most, () => _tunnel.Path?.Path.Kind == PathKind.Direct);
}
