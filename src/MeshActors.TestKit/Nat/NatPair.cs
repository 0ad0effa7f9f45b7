using System;
using System.Linq;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Paths;
using MeshActors.Transport.Time;
using MeshActors.Transport.Tunnels;

namespace MeshActors.TestKit.Nat;

/// <summary>One pair of nodes behind NATs of two kinds, two relays between them, and something that dies while both talk.</summary>
/// <remarks>
/// Oracles: every number that one says is heard by the other once and in order; the tunnel is open within 1.1 times the round trip over the nearer relay; what goes ahead of the session is there after
/// half of that; a direct path that the oracle calls certain is in use within 3 s of the first dial, and one that it calls likely counts when it is within 10 s or 15 s; where it sees none, none is used; and nothing that dies costs more than a second or four round trips.
/// </remarks>
internal sealed class NatPair : IDisposable
{
    private const int Relay0 = 0;
    private const int Relay1 = 1;
    private const int SiteA = 2;
    private const int SiteB = 3;
    private const int SiteElsewhere = 4;

    private static readonly TimeSpan CertainWithin = TimeSpan.FromSeconds(3);

    /// <summary>Where a port is one of a block that is known.</summary>
    private static readonly TimeSpan LikelyInBlockWithin = TimeSpan.FromSeconds(10);

    /// <summary>Where a port may be any.</summary>
    private static readonly TimeSpan LikelyWithin = TimeSpan.FromSeconds(15);

    /// <summary>A node that was just started takes nothing ahead of a session: what it knew of copies is lost.</summary>
    private static readonly TimeSpan AfterStart = TimeSpan.FromSeconds(125);

    private readonly NatPairScenario _scenario;
    private readonly SimRandom _random;
    private readonly SimTrace _trace;
    private readonly NatWorld _world;
    private readonly TimeSpan[,] _delays = new TimeSpan[5, 5];
    private readonly NatNode _a;
    private readonly NatNode _b;
    private readonly DirectPath _oracle;
    private readonly TimeSpan _directWithin;
    private SimDiagram? _diagram;
    private string? _failure;

    public NatPair(ulong seed, NatPairScenario scenario, bool keepLines)
    {
        _scenario = scenario;
        _random = new SimRandom(seed);
        _trace = new SimTrace(keepLines);
        _world = new NatWorld(seed, SimLink.Perfect);
        SetDelays();
        var accessA = scenario.A.Create(_random.Split());
        var accessB = scenario.B.Create(_random.Split());
        _oracle = DirectPathOracle.DirectPathPossible(accessA, accessB);
        _directWithin = _oracle == DirectPath.Yes ? CertainWithin
            : HasPortsFromAll(accessA) || HasPortsFromAll(accessB) ? LikelyWithin : LikelyInBlockWithin;
        NatNode[] relays = [_world.AddRelay(Relay0), _world.AddRelay(Relay1)];
        _a = _world.AddNode("a", SiteA, accessA, relays);
        _b = _world.AddNode("b", SiteB, accessB, relays);
        _world.Internet.Observer = happened =>
        {
            _trace.Add(happened.At, happened.Place.Site, happened.Fate.ToString(), happened.Packet.Bytes.Length, happened.Packet.To.Port);
            _diagram?.Note(happened);
        };
    }

    /// <summary>The longest time without a message that the death of a path may cost.</summary>
    private TimeSpan GapBound => RelayedRoundTrip * 4 > TimeSpan.FromSeconds(1) ? RelayedRoundTrip * 4 : TimeSpan.FromSeconds(1);

    private TimeSpan RelayedRoundTrip => 2 * Shorter(
        _delays[SiteA, Relay0] + _delays[Relay0, SiteB], _delays[SiteA, Relay1] + _delays[Relay1, SiteB]);

    /// <summary>Plays the scenario of a seed.</summary>
    /// <param name="seed">Decides everything.</param>
    /// <param name="keepLines">Whether the lines of the trace are kept.</param>
    /// <param name="diagram">What is to be drawn of it, or null.</param>
    public static NatPairResult Run(ulong seed, bool keepLines = false, SimDiagram? diagram = null)
    {
        return Run(seed, NatPairScenario.FromSeed(seed), keepLines, diagram);
    }

    /// <summary>Plays a scenario with the chance of a seed.</summary>
    public static NatPairResult Run(ulong seed, NatPairScenario scenario, bool keepLines = false, SimDiagram? diagram = null)
    {
        using var pair = new NatPair(seed, scenario, keepLines);
        pair._diagram = diagram;
        return pair.Run();
    }

    public NatPairResult Run()
    {
        _world.RunUntil(TimeSpan.FromSeconds(3), HaveLeases);
        Require(HaveLeases(), "no leases");
        _world.Run(_scenario.Early ? AfterStart : TimeSpan.FromSeconds(1));

        var start = _world.Now;
        var tunnel = _a.Open(_b, _scenario.Early, _world.Now, _world.UtcNow);
        _world.RunUntil(TimeSpan.FromSeconds(10), () => tunnel.State == TunnelState.Open);
        var opened = _world.Now - start;
        Require(opened <= RelayedRoundTrip * 1.1, $"open after {opened}, the relayed round trip is {RelayedRoundTrip}");
        _world.RunUntil(TimeSpan.FromSeconds(10), () => Back()?.FirstHeardAt is not null);
        var heard = (Back()?.FirstHeardAt ?? _world.Now) - start;
        Require(
            heard <= RelayedRoundTrip * (_scenario.Early ? 0.55 : 1.65),
            $"first message after {heard}, the relayed round trip is {RelayedRoundTrip}");

        var direct = WaitForDirect(tunnel, start);
        if (_failure is null)
        {
            if (_scenario.Harm is NatHarm.AllWays or NatHarm.AllWaysForAWhile)
            {
                CutAllWays(tunnel);
            }
            else
            {
                Harm(tunnel);
                Finish(tunnel);
            }
        }

        return new NatPairResult(
            _scenario, _oracle, _failure, _trace.Hash, _world.Now - default(MonoTime), Back()?.Heard ?? 0, opened, heard, direct,
            RelayedRoundTrip, GapBound, WorstGap(tunnel), tunnel.Routes.Punching.Outcome, _trace.Lines);
    }

    public void Dispose() => _world.Dispose();

    private NatTalk? Back() => _b.Talks.Values.FirstOrDefault(talk => talk.Tunnel.Peer.Address == _a.Identity.Address);

    private bool HaveLeases() => _a.Switch.Links.All.Concat(_b.Switch.Links.All).All(link => link.Client.IsLeased);

    private TimeSpan? WaitForDirect(Tunnel tunnel, MonoTime start)
    {
        var found = _world.RunUntil(start + _directWithin - _world.Now, () => IsDirect(tunnel) && Back() is { } back && IsDirect(back.Tunnel));
        var took = _world.Now - start;
        _world.Run(TimeSpan.FromSeconds(2));
        Require(_oracle != DirectPath.Yes || found, $"no direct path after {took}: {Describe(tunnel)}");
        Require(_oracle != DirectPath.No || !found, "a direct path that cannot be");
        Require(tunnel.Streams.Statistics.PacketsLost == 0, $"{tunnel.Streams.Statistics.PacketsLost} packets lost by a switch");
        return found ? took : null;
    }

    private void Harm(Tunnel tunnel)
    {
        _a.TalkIn(tunnel).ForgetGaps(_world.Now);
        Back()?.ForgetGaps(_world.Now);
        _diagram?.Note(_world.Now, "a", $"{_scenario.Harm}");
        switch (_scenario.Harm)
        {
            case NatHarm.CutBetween:
                _world.Internet.Sites.Cut(SiteA, SiteB);
                _world.Internet.Sites.Cut(SiteB, SiteA);
                break;
            case NatHarm.CutOneWay:
                _world.Internet.Sites.Cut(SiteA, SiteB);
                break;
            case NatHarm.RelayDies:
                _world.Internet.Sites.CutSite(_random.Chance(50) ? Relay0 : Relay1);
                break;
            case NatHarm.NodeMoves:
                Move();
                break;
            default:
                return;
        }

        _world.Run(TimeSpan.FromSeconds(8));
        Require(WorstGap(tunnel) <= GapBound, $"{_scenario.Harm} cost {WorstGap(tunnel)}: {Describe(tunnel)}");
    }

    /// <summary>Nothing passes any more: both sides wait for as long as tunnels are opened again, and then know.</summary>
    private void CutAllWays(Tunnel tunnel)
    {
        _a.Supervise();
        _b.Supervise();
        int[] sites = [Relay0, Relay1, SiteA, SiteB];
        Array.ForEach(sites, site => _world.Internet.Sites.CutSite(site));
        if (_scenario.Harm == NatHarm.AllWaysForAWhile)
        {
            _world.Run(_random.Between(TimeSpan.FromSeconds(1), NatSupervision.ReconnectTimeout - TimeSpan.FromSeconds(8)));
            Array.ForEach(sites, site => _world.Internet.Sites.CutSite(site, isCut: false));
            var isBack = _world.RunUntil(TimeSpan.FromSeconds(15), () => tunnel.State == TunnelState.Open && Back()?.Tunnel.State == TunnelState.Open);
            Require(isBack, $"not open again: {tunnel.State}, {Back()?.Tunnel.State}");
            if (_failure is null)
            {
                Finish(tunnel);
            }

            return;
        }

        var (said, heard) = (_a.TalkIn(tunnel), Back()!);
        _world.Run(NatSupervision.ReconnectTimeout - TimeSpan.FromSeconds(2));
        Require(_a.Ends.Count == 0 && _b.Ends.Count == 0, "a tunnel was given up too early");
        var (before, beforeBack) = (heard.Heard, said.Heard);
        _world.Run(TimeSpan.FromSeconds(12));
        var ends = $"{Ends(_a, _b)} and {Ends(_b, _a)} ends";
        Require(Ends(_a, _b) == 1 && Ends(_b, _a) == 1, ends);
        Require(tunnel.State == TunnelState.Closed, $"the tunnel is {tunnel.State}");
        Array.ForEach(sites, site => _world.Internet.Sites.CutSite(site, isCut: false));
        _world.Run(TimeSpan.FromSeconds(10));
        Require(Ends(_a, _b) == 1 && Ends(_b, _a) == 1, $"later {ends}");
        Require(heard.Heard == before && said.Heard == beforeBack, "something was heard after the end");
    }

    /// <summary>How often a node was told that its tunnel to the other is over; those to relays end as well.</summary>
    private static int Ends(NatNode node, NatNode other) => node.EndsOf(other.Identity.Root);

    /// <summary>The node comes to another place, with a public address.</summary>
    private void Move()
    {
        _a.Host.Detach();
        _a.Host.Place.Site = SiteElsewhere;
        _world.Neighbourhood.Attach(_a.Host, _world.Internet.Public);
        _a.Switch.SetHosts([.. _a.HostEndpoints], _world.Now);
        _a.Switch.HandleNetworkChanged(_world.Now);
    }

    /// <summary>Everything that was said must be heard in the end.</summary>
    private void Finish(Tunnel tunnel)
    {
        var forth = _a.TalkIn(tunnel);
        var back = Back();
        forth.IsPaused = true;
        back!.IsPaused = true;
        _world.Run(TimeSpan.FromSeconds(10));
        Require(forth.Said == back.Heard && back.Said == forth.Heard, $"said {forth.Said} and {back.Said}, heard {back.Heard} and {forth.Heard}");
        Require(forth.Said > 0 && back.Said > 0, "nothing was said");
    }

    private TimeSpan WorstGap(Tunnel tunnel) =>
        Back() is { } back && back.WorstGap > _a.TalkIn(tunnel).WorstGap ? back.WorstGap : _a.TalkIn(tunnel).WorstGap;

    private void Require(bool holds, string otherwise)
    {
        if (_failure is null && (_failure = _world.Failure ?? (holds ? null : $"{_scenario}: {otherwise}")) is { } failure)
        {
            _diagram?.Note(_world.Now, "a", failure);
            _diagram?.Stop();
        }
    }

    private void SetDelays()
    {
        for (var from = 0; from < 5; from++)
        {
            for (var to = 0; to <= from; to++)
            {
                var delay = _random.Between(TimeSpan.FromMilliseconds(3), TimeSpan.FromMilliseconds(90));
                _delays[from, to] = _delays[to, from] = delay;
                _world.Internet.Sites.SetLink(from, to, new SimLink(0, 0, delay, delay));
                _world.Internet.Sites.SetLink(to, from, new SimLink(0, 0, delay, delay));
            }
        }
    }

    /// <summary>Whether a NAT gives each destination any port there is.</summary>
    private static bool HasPortsFromAll(NatAccess access) => access.Boxes.Any(box =>
        box is NatSettings { Mapping: not NatDependence.EndpointIndependent, Allocation.Choice: PortChoice.Random });

    private static bool IsDirect(Tunnel tunnel) => tunnel.Path?.Path.Kind == PathKind.Direct;

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static string Describe(Tunnel tunnel) => string.Join("; ", tunnel.Routes.Paths!.Agent.Paths.Select(
        path => $"{path.Endpoint} {path.Kind} {path.State} {path.RoundTrip?.TotalMilliseconds:0}"));
}
