using System;
using System.Collections.Generic;
using System.Linq;
using MeshActors.TestKit.Nat;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Diagnostics;
using MeshActors.Transport.Paths;
using MeshActors.Transport.Time;
using MeshActors.Transport.Tunnels;
using MeshActors.Transport.Wire;

namespace MeshActors.TestKit.Mesh;

/// <summary>One seed of a mesh of eight nodes: they talk, everything goes wrong for a while, all is mended; then everyone must reach everyone.</summary>
/// <remarks>
/// Oracles. Always: no machine throws; what is heard is heard once and in order; tables keep their bounds; nobody breaks the protocol; nothing is sent to addresses that are
/// nobody's; no node sends more than <see cref="MostPerSecond"/> datagrams a second. After all is mended, with nothing lost on the way any more: every node has heard every other within
/// <see cref="ReachWithin"/>; every stream that has not ended is heard to its end; every pair that <see cref="DirectPathOracle"/> calls certain
/// talks directly within <see cref="DirectWithin"/>; and who has nothing to say is nearly silent, in the end whatever it sends for.
/// </remarks>
internal sealed class MeshRun : IDisposable
{
    /// <summary>From the end of all harm until everyone has heard everyone.</summary>
    public static readonly TimeSpan ReachWithin = TimeSpan.FromSeconds(20);

    /// <summary>From then until all that can talk directly do: failed paths are tried once a minute.</summary>
    public static readonly TimeSpan DirectWithin = TimeSpan.FromSeconds(75);

    /// <summary>Datagrams of a node within a second, whatever happens.</summary>
    public const int MostPerSecond = 1_000;

    /// <summary>Datagrams of all nodes a second, for each node, when nobody has anything to say; those that try ports by agreement count once <see cref="Trying"/> is over.</summary>
    public const double MostPerSecondInRest = 10;

    /// <summary>Datagrams by which one node tries ports within a second: 200 of the peer's or through sockets of its own, and three rounds of 16 of an attempt that follows.</summary>
    public const int MostTriesPerSecond = 250;

    private const int MostKeysOfTunnel = 16;

    private static readonly TimeSpan SayInterval = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Tending = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Chaos = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(20);

    /// <summary>The same with tries of ports, which come in bursts of a thousand.</summary>
    private static readonly TimeSpan RestWithTries = TimeSpan.FromSeconds(60);

    /// <summary>From the end of all harm until ports have been tried at random for all pairs that may need it: each takes ten seconds, and a node begins one every twenty, or two minutes after one that took ports of its own NAT.</summary>
    private static readonly TimeSpan Trying = TimeSpan.FromSeconds(300);

    private readonly MeshTown _town;
    private readonly MeshHarms _harms;
    private readonly MeshTalks _talks;
    private readonly MeshWatch _watch;
    private readonly SimRandom _random;
    private readonly SimDiagram? _diagram;
    private readonly Action<string>? _tell;
    private readonly Dictionary<Tunnel, string> _told = [];
    private string? _failure;

    /// <param name="seed">Decides everything.</param>
    /// <param name="diagram">What is to be drawn of it, or null.</param>
    /// <param name="tell">Told of everything that happens to the world in words, or null.</param>
    public MeshRun(ulong seed, SimDiagram? diagram = null, Action<string>? tell = null)
    {
        _random = new SimRandom(seed ^ 0x3E5);
        _diagram = diagram;
        _tell = tell;
        _town = new MeshTown(seed);
        _watch = new MeshWatch(_town) { Diagram = diagram };
        _town.World.Internet.Observer = _watch.Note;
        _talks = new MeshTalks(_town, _random.Split());
        _harms = new MeshHarms(_town, _random.Split(), Tell);
        foreach (var home in _town.Homes)
        {
            home.Node.SayInterval = SayInterval;
        }
    }

    private NatWorld World => _town.World;

    /// <summary>Plays a seed.</summary>
    public static MeshResult Run(ulong seed, SimDiagram? diagram = null, Action<string>? tell = null)
    {
        using var run = new MeshRun(seed, diagram, tell);
        return run.Run();
    }

    public MeshResult Run()
    {
        Tell(string.Join(", ", _town.Homes));
        Require(Advance(TimeSpan.FromSeconds(15), HaveLeases), "not all relays were found");
        Advance(Calm);
        _harms.Plan(_random.Between(6, 12), Chaos);
        Advance(Chaos);
        if (_random.Chance(25))
        {
            BeSilent();
        }

        _harms.Heal();
        _talks.WantAll();
        var (healed, healedAt) = (World.Now, World.Now);
        Require(Advance(ReachWithin, () => !_talks.Unheard(healed).Any()), () => $"not reached: {Describe(_talks.Unheard(healed))}");
        var reached = World.Now - healedAt;
        _talks.Pause(true);
        Require(Advance(TimeSpan.FromSeconds(10), () => _talks.Lost() is null), () => _talks.Lost()!);
        Require(Advance(DirectWithin - (World.Now - healedAt), () => !NotDirect().Any()), () => $"no direct path: {Describe(NotDirect())}");
        var direct = World.Now - healedAt;
        var settledAt = MonoTime.Latest(World.Now, healedAt + Settling);
        var most = _watch.MostInSecond;
        BeAtRest(settledAt, Rest, withTries: false);
        var (resting, restingMost) = BeAtRest(settledAt + Trying - Settling, RestWithTries, withTries: true);
        return new MeshResult(
            _failure,
            _watch.Hash,
            World.Now - default(MonoTime),
            _town.Homes.Sum(home => home.Node.Talks.Values.Sum(talk => talk.Heard)),
            _watch.Sent,
            reached,
            direct,
            most,
            resting,
            restingMost);
    }

    public void Dispose() => _town.Dispose();

    /// <summary>Nobody says anything until mappings have expired.</summary>
    private void BeSilent()
    {
        _talks.Pause(true);
        var span = _random.Between(TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(150));
        Tell($"nobody says anything for {span.TotalSeconds:0} s");
        Advance(span);
        _talks.Pause(false);
        Advance(TimeSpan.FromSeconds(3));
    }

    /// <summary>Counts what is sent for a while when nobody has anything to say.</summary>
    /// <returns>Datagrams a second of each node, and of the one, no relay, that sent most.</returns>
    private (double Average, double Most) BeAtRest(MonoTime from, TimeSpan span, bool withTries)
    {
        Advance(from - World.Now);
        _watch.BeginCount();
        Advance(span);
        var counted = _watch.Counted - (withTries ? 0 : _watch.CountedOf(DatagramType.Punch));
        var perSecond = counted / span.TotalSeconds / (MeshTown.Nodes + World.Relays.Count);
        var (busiest, most) = _watch.Busiest;
        Require(
            perSecond <= MostPerSecondInRest,
            () => $"{perSecond:0.0} datagrams a second of each node in rest, {most / span.TotalSeconds:0.0} of {busiest}; by first byte {_watch.ByType}");
        return (perSecond, most / span.TotalSeconds);
    }

    private bool HaveLeases() => World.Nodes.All(node => node.Switch.Links.All.All(link => link.Client.IsLeased));

    /// <summary>Lets time pass, with all that is planned for it, until something holds.</summary>
    private bool Advance(TimeSpan most, Func<bool>? holds = null)
    {
        var end = World.Now + most;
        while (_failure is null && World.Now < end)
        {
            if (holds is not null && holds())
            {
                return true;
            }

            var next = MonoTime.Earliest(World.Now + Tending, _harms.NextAt)!.Value;
            World.Run((next < end ? next : end) - World.Now);
            _harms.HandleDue();
            _talks.Tend();
            Check();
        }

        return holds is null || holds();
    }

    /// <summary>What holds at every moment.</summary>
    private void Check()
    {
        Require(World.Failure is null && _watch.Wrong is null, () => _watch.Wrong!);
        Require(_watch.MostInSecond <= MostPerSecond, () => $"{_watch.MostInSecond} datagrams of one node in a second");
        Require(_watch.MostTriesInSecond <= MostTriesPerSecond, () => $"{_watch.MostTriesInSecond} tries of ports by one node in a second");
        foreach (var home in _town.Homes)
        {
            Check(home.Node);
        }
    }

    private void Check(NatNode node)
    {
        var name = node.Host.Place.Name;
        var talks = node.Talks;
        Require(node.Switch.Table.KeysHeld <= MostKeysOfTunnel * (talks.Count + 8), () => $"{name} holds {node.Switch.Table.KeysHeld} keys for {talks.Count} tunnels");
        Require(node.Drops[DropReason.ProtocolViolation] == 0, () => $"{name} saw the protocol broken");
        foreach (var talk in talks.Values)
        {
            TellOf(name, talk.Tunnel);
            Require(talk.Tunnel.Routes.Paths is not { Agent.Paths.Count: > PeerPaths.Most }, () => $"{name} holds too many paths");
        }
    }

    private IEnumerable<(MeshHome From, MeshHome To)> NotDirect() => _talks.NotDirect();

    private string Describe(IEnumerable<(MeshHome From, MeshHome To)> pairs) => string.Join("; ", pairs.Take(3).Select(
        pair => $"{pair.From} to {pair.To}: {Describe(MeshTalks.Find(pair.From, pair.To)?.Tunnel)}"));

    private string Describe(Tunnel? tunnel) => tunnel is null ? "no tunnel" : $"{tunnel.State}, in use {tunnel.Path?.Endpoint}, "
        + string.Join(", ", tunnel.Routes.Paths?.Agent.Paths.Select(path =>
            $"{path.Endpoint} {path.State} {path.RoundTrip?.TotalMilliseconds:0} ms, {path.Answers} answers, held {Ahead(path.HeldUntil)}, next {Ahead(path.NextProbe)}, lost {path.LostRounds}") ?? []);

    private string Ahead(MonoTime at) => at <= World.Now ? "no" : $"{(at - World.Now).TotalSeconds:0.0} s";

    private void Require(bool holds, string otherwise) => Require(holds, () => otherwise);

    private void Require(bool holds, Func<string> otherwise)
    {
        if (_failure is null && !holds)
        {
            _failure = $"at {World.Now}: {World.Failure ?? otherwise()}";
            _diagram?.Note(World.Now, "world", _failure);
            _diagram?.Stop();
        }
    }

    /// <summary>What became of a tunnel, when anybody wants to know.</summary>
    private void TellOf(string name, Tunnel tunnel)
    {
        if (_diagram is null && _tell is null)
        {
            return;
        }

        var peer = _town.Homes.FirstOrDefault(home => home.Node.Identity.Root == tunnel.Peer.Root)?.Name ?? "relay";
        var state = $"{name} to {peer}: {tunnel.State}{(tunnel.Path is { } path ? $" at {path.Endpoint}" : string.Empty)}";
        if (_told.GetValueOrDefault(tunnel) != state)
        {
            _told[tunnel] = state;
            Tell(state);
        }
    }

    private void Tell(string what)
    {
        _diagram?.Note(World.Now, "world", what);
        _tell?.Invoke($"{World.Now} {what}");
    }
}
