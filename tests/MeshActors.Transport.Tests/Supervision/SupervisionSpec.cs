using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Akka.Actor;
using Akka.TestKit;
using MeshActors.TestKit.Actors;
using MeshActors.TestKit.Nat;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Paths;
using MeshActors.Transport.Relay;
using MeshActors.Transport.Remoting;
using MeshActors.Transport.Time;
using MeshActors.Transport.Tunnels;
using Xunit;
using AkkaTestKit = Akka.TestKit.Xunit2.TestKit;

namespace MeshActors.Transport.Tests.Supervision;

/// <summary>Whole nodes, relays and the internet between them in one virtual time: what their actors make of it when ways die.</summary>
/// <remarks>Engines, machines and actors are those of a program. Actors run in the spec's thread and on Akka's test scheduler; nothing here waits for a clock.</remarks>
public abstract class SupervisionSpec : AkkaTestKit
{
    /// <summary>How long failed tunnels are tried again.</summary>
    internal static readonly TunnelSupervisionSettings Supervision = new(
        ReconnectTimeout: TimeSpan.FromSeconds(20),
        FirstDelay: TimeSpan.FromMilliseconds(100),
        LargestDelay: TimeSpan.FromSeconds(2));

    /// <summary>No deadline of an actor is met later than this.</summary>
    private static readonly TimeSpan LongestStep = TimeSpan.FromMilliseconds(1);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private const int MostTurnsAtOnce = 10_000;

    private readonly List<SpecNode> _nodes = [];
    private readonly Dictionary<SimHost, SpecNode> _byHost = [];
    private readonly List<SpecTalk> _talks = [];
    private readonly SimNeighbourhood _neighbourhood;

    protected SupervisionSpec()
        : base("""
            akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit"
            akka.loglevel = INFO
            """)
    {
        Clock = new Clock(new SchedulerTime(Scheduler));
        Internet = new SimInternet(new SimLink(0, 0, TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(10)), Random.Split());
        _neighbourhood = new SimNeighbourhood(Internet, Random.Split());
    }

    internal SimInternet Internet { get; }

    internal SimRandom Random { get; } = new(7);

    internal Clock Clock { get; }

    private TestScheduler Scheduler => (TestScheduler)Sys.Scheduler;

    /// <summary>Starts the top of a node's actors, in this thread.</summary>
    internal IActorRef Start(string name, Props props) =>
        ActorOfAsTestActorRef<MeshTransportActor>(props.WithDispatcher(CallingThreadDispatcher.Id), name);

    /// <summary>A relay with a public address at a site of its own.</summary>
    internal SpecNode AddRelay(int number = 0, params IEnumerable<SpecNode> relays) =>
        Add($"relay{number}", SimIdentities.Of(500 + number, NodeRoles.Relay), NatAccess.Open, isRelay: true, relays);

    /// <summary>A node at a site of its own.</summary>
    internal SpecNode AddNode(string name, params IEnumerable<SpecNode> relays) => AddNode(name, NatAccess.Open, relays);

    /// <summary>A node behind boxes, at a site of its own.</summary>
    internal SpecNode AddNode(string name, NatAccess access, params IEnumerable<SpecNode> relays) =>
        Add(name, SimIdentities.Of(1 + _nodes.Count), access, isRelay: false, relays);

    /// <summary>Starts a node on a host, in place of one that was stopped there.</summary>
    internal SpecNode Restart(SpecNode before, NodeIdentity identity, bool isRelay)
    {
        Stop(before);
        return Add($"{before.Host.Place.Name}-again", before.Host, identity, isRelay, []);
    }

    /// <summary>Ends a node without a word to anybody.</summary>
    internal void Stop(SpecNode node)
    {
        Sys.Stop(node.Transport);
        _nodes.Remove(node);
        _byHost.Remove(node.Host);
        Internet.Sites.CutSite(node.Host.Place.Site);
        node.Dispose();
        Internet.Sites.CutSite(node.Host.Place.Site, isCut: false);
    }

    /// <summary>Cuts or mends the direct way between two nodes.</summary>
    internal void Cut(SpecNode a, SpecNode b, bool isCut = true)
    {
        Internet.Sites.Cut(a.Host.Place.Site, b.Host.Place.Site, isCut);
        Internet.Sites.Cut(b.Host.Place.Site, a.Host.Place.Site, isCut);
    }

    /// <summary>Cuts a node off from everybody, or lets it back.</summary>
    internal void CutOff(SpecNode node, bool isCut = true) => Internet.Sites.CutSite(node.Host.Place.Site, isCut);

    /// <summary>Lets time pass until something holds; fails when it does not within a span.</summary>
    internal void RunUntil(TimeSpan most, Func<bool> holds, string what)
    {
        var end = Clock.Now + most;
        Drive();
        while (!holds())
        {
            Assert.True(Clock.Now < end, $"not within {most.TotalSeconds} s: {what}");
            Step(end);
        }
    }

    /// <summary>Lets time pass.</summary>
    internal void Run(TimeSpan span)
    {
        var end = Clock.Now + span;
        Drive();
        while (Clock.Now < end)
        {
            Step(end);
        }
    }

    /// <summary>Opens the tunnel to a node by its actor.</summary>
    internal void OpenTunnel(SpecNode from, SpecNode to) => OpenTunnel(from, RecordOf(to));

    /// <summary>What a directory would say of a node, its leases too.</summary>
    internal PeerRecord RecordOf(SpecNode node) => node.Record with
    {
        Relays = [.. RelaysOf(node).Where(relay => relay.Phase == RelayPhase.Leased).Select(relay => relay.Relay!.Value)],
    };

    /// <summary>Associates two nodes as Akka would; numbers are sent from the first to the second from then on.</summary>
    internal SpecTalk Associate(SpecNode from, SpecNode to)
    {
        OpenTunnel(from, to);
        var before = to.Accepted.Count;
        var dialled = from.Associations.DialAsync(from.TunnelTo(to)!, to.Address, default);
        RunUntil(Patience, () => to.Accepted.Count > before, "the association is accepted");

        // Its hello is under way; whoever waits for it is told by another thread.
        Run(TimeSpan.FromMilliseconds(200));
        var talk = new SpecTalk(dialled.GetAwaiter().GetResult(), to.Accepted[before], from.Address);
        _talks.Add(talk);
        return talk;
    }

    /// <summary>How the relays of a node are doing.</summary>
    internal ImmutableArray<RelayReport> RelaysOf(SpecNode node)
    {
        node.Transport.Tell(DescribeRelays.Instance, TestActor);
        return ExpectMsg<RelaysDescribed>().Relays;
    }

    /// <summary>Lets time pass until all relays of some nodes have given them leases.</summary>
    internal void RunUntilLeased(params IEnumerable<SpecNode> nodes)
    {
        foreach (var node in nodes)
        {
            RunUntil(
                Patience,
                () => RelaysOf(node).All(relay => relay.Phase == RelayPhase.Leased),
                $"{node.Host.Place.Name} has its leases");
        }
    }

    /// <summary>Lets time pass until a tunnel goes a certain way.</summary>
    internal void RunUntilPath(SpecNode from, SpecNode to, PathKind kind) =>
        RunUntil(Patience, () => from.PathTo(to) == kind, $"the path is {kind}");

    protected override void AfterAll()
    {
        _nodes.ForEach(node => node.Dispose());
        base.AfterAll();
    }

    private void OpenTunnel(SpecNode from, PeerRecord peer)
    {
        from.Transport.Tell(new OpenTunnel(peer), TestActor);
        TunnelReady? ready = null;
        RunUntil(Patience, () => (ready ??= TryReceive<TunnelReady>()) is not null, $"a tunnel to {peer.Address}");
    }

    private SpecNode Add(string name, NodeIdentity identity, NatAccess access, bool isRelay, IEnumerable<SpecNode> relays) =>
        Add(name, _neighbourhood.Connect(name, _nodes.Count, access), identity, isRelay, relays);

    private SpecNode Add(string name, SimHost host, NodeIdentity identity, bool isRelay, IEnumerable<SpecNode> relays)
    {
        var node = new SpecNode(this, name, host, identity, isRelay, [.. relays.Select(relay => relay.AsRelay)]);
        _nodes.Add(node);
        _byHost.Add(host, node);
        return node;
    }

    private T? TryReceive<T>()
        where T : class => HasMessages ? ExpectMsg<T>() : null;

    private void Step(MonoTime end)
    {
        var now = Clock.Now;
        var next = MonoTime.Earliest(Internet.NextArrival, MonoTime.Earliest(now + LongestStep, end));
        foreach (var node in _nodes)
        {
            next = MonoTime.Earliest(next, node.NextTurn(now));
        }

        if (next > now)
        {
            Scheduler.Advance(next.Value - now);
        }

        now = Clock.Now;
        while (Internet.TryReceive(now, out var datagram))
        {
            if (_byHost.TryGetValue(datagram.Host, out var node))
            {
                node.Take(datagram);
                node.Turn(now);
            }
        }

        _talks.ForEach(talk => talk.Say(now));
        Drive();
    }

    private void Drive()
    {
        var now = Clock.Now;
        for (var turns = 0; _nodes.Find(node => node.NextTurn(now) <= now) is { } due; turns++)
        {
            Assert.True(turns < MostTurnsAtOnce, $"{due.Host.Place.Name} never comes to rest");
            due.Turn(now);
        }
    }
}
