using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading.Tasks;
using Akka.Actor;
using Akka.TestKit;
using MeshActors.Capabilities;
using MeshActors.Discovery;
using MeshActors.Peers;
using MeshActors.TestKit.Simulation;
using MeshActors.Tests.Discovery;
using MeshActors.Transport.Addressing;
using Xunit;

namespace MeshActors.Tests.Peers;

/// <summary>The peer cache with its entries as actors; discovery is a probe, tunnels are what the spec says.</summary>
public sealed class PeersActorTests : VirtualTimeSpec
{
    private readonly TestProbe _discovery;
    private readonly IActorRef _peers;
    private readonly List<MeshAddress> _probed = [];
    private readonly HashSet<MeshAddress> _reachable = [];
    private Action<PeerTunnelChanged> _observe = _ => { };
    private bool _watched;

    public PeersActorTests()
    {
        _discovery = CreateTestProbe();
        var tunnels = new PeerTunnels(
            observer =>
            {
                _observe = observer;
                _watched = true;
                return new EndOfWatch(this);
            },
            (peer, _) =>
            {
                _probed.Add(peer.Address);
                return _reachable.Contains(peer.Address)
                    ? Task.FromResult(TimeSpan.FromMilliseconds(3))
                    : Task.FromException<TimeSpan>(new TimeoutException("nobody answers"));
            });
        _peers = Sys.ActorOf(
            PeersActor.Props(
                PeerCacheSettings.Default, SomeNodes.Address(200), _discovery, tunnels, Clock, new SimRandom(1)),
            "peers");
    }

    [Fact]
    public void Each_peer_remembered_is_an_actor_with_its_address_as_name()
    {
        Know(1, 2);

        Assert.NotNull(Entry(1));
        Assert.NotNull(Entry(2));
        Assert.Null(Entry(3));
    }

    [Fact]
    public void An_entry_goes_from_fresh_to_stale_to_forgotten_and_then_its_actor_is_gone()
    {
        Know(1);
        Assert.Equal(PeerFreshness.Fresh, Assert.Single(Status()).Freshness);
        Pass(TimeSpan.FromSeconds(45.1));
        Assert.Equal(PeerFreshness.Stale, Assert.Single(Status()).Freshness);

        Skip(TimeSpan.FromHours(12));
        Assert.Empty(Status());
        Assert.Null(Entry(1));
    }

    [Fact]
    public void An_entry_that_fails_is_restarted_alone_and_the_others_keep_what_they_know()
    {
        Know(1, 2);
        Open(1, 10);
        Open(2, 20);
        Assert.Equal([10, 20], Status().Select(peer => peer.Latency?.TotalMilliseconds ?? -1));

        var before = Entry(2);
        EventFilter.Exception<ActorKilledException>().ExpectOne(
            () => Sys.ActorSelection(_peers.Path / SomeNodes.Address(1).ToString()).Tell(Kill.Instance));
        Pass(TimeSpan.FromSeconds(3));

        Assert.Equal([10, 20], Status().Select(peer => peer.Latency?.TotalMilliseconds ?? -1));
        Assert.Equal(before, Entry(2));
        Assert.Equal([1, 2], Named(Ask()));
    }

    [Fact]
    public void While_all_backbones_are_away_work_goes_on_from_what_is_remembered()
    {
        Know(1);
        Pass(TimeSpan.FromMinutes(5));

        _peers.Tell(new CandidatesRequested("fx", CapabilityFilter.Any, []), TestActor);
        _discovery.ExpectMsg<FindRecords>();
        _discovery.Reply(new RecordsFound(SomeNodes.Ask("fx"), [], [], Answered: false));

        var answer = ExpectMsg<Candidates>();
        Assert.True(answer.Stale);
        Assert.Equal([1], Named(answer));
    }

    [Fact]
    public void A_backbone_that_hangs_delays_nobody_who_remembers_somebody_by_more_than_a_quarter_second()
    {
        Know(1);
        Pass(TimeSpan.FromMinutes(5));
        _peers.Tell(new CandidatesRequested("fx", CapabilityFilter.Any, []), TestActor);
        ExpectNoMsg(TimeSpan.Zero);
        Pass(TimeSpan.FromMilliseconds(250));

        Assert.Equal([1], Named(ExpectMsg<Candidates>()));
    }

    [Fact]
    public void A_peer_whose_tunnel_closed_comes_last_and_is_probed_until_it_is_back()
    {
        Know(1, 2);
        Open(1, 1);
        _observe(new PeerTunnelChanged(SomeNodes.Address(1), null));

        Assert.Equal(2, Number(Ask().Ranked[0]));
        Pass(TimeSpan.FromSeconds(4));
        Assert.InRange(_probed.Count, 2, 6);
        Assert.False(Ask().Ranked[^1].Reachable);

        _reachable.Add(SomeNodes.Address(1));
        Pass(TimeSpan.FromSeconds(8));
        Assert.All(Status(), peer => Assert.True(peer.Reachable));
    }

    [Fact]
    public void Tunnels_that_were_open_before_a_peer_was_named_count_too()
    {
        Open(1, 10);
        Know(1);

        Assert.Equal(TimeSpan.FromMilliseconds(10), Assert.Single(Status()).Latency);
    }

    [Fact]
    public void Watches_the_tunnels_until_it_stops()
    {
        Assert.True(_watched);
        Sys.Stop(_peers);
        Assert.False(_watched);
    }

    private void Know(params int[] nodes)
    {
        _peers.Tell(new CandidatesRequested("fx", CapabilityFilter.Any, []), TestActor);
        _discovery.ExpectMsg<FindRecords>();
        ImmutableArray<RecordMatch> matches =
            [.. nodes.Select(node => new RecordMatch(SomeNodes.Record(node, "fx"), 1))];
        _discovery.Reply(new RecordsFound(SomeNodes.Ask("fx"), matches, [], Answered: true));
        Assert.Equal(nodes, Named(ExpectMsg<Candidates>()));
    }

    private Candidates Ask()
    {
        _peers.Tell(new CandidatesRequested("fx", CapabilityFilter.Any, []), TestActor);
        return ExpectMsg<Candidates>();
    }

    private void Open(int node, int roundTripMs) => _observe(
        new PeerTunnelChanged(SomeNodes.Address(node), () => TimeSpan.FromMilliseconds(roundTripMs)));

    private ImmutableArray<PeerStatus> Status()
    {
        _peers.Tell(PeersStatusRequested.Instance, TestActor);
        return ExpectMsg<PeersStatus>().Peers;
    }

    private IActorRef? Entry(int node)
    {
        Sys.ActorSelection(_peers.Path / SomeNodes.Address(node).ToString()).Tell(new Identify(node), TestActor);
        return ExpectMsg<ActorIdentity>().Subject;
    }

    private static int Number(PeerCandidate candidate) => (int)candidate.Peer.Address.Value - 1;

    private static int[] Named(Candidates candidates) => [.. candidates.Ranked.Select(Number).Order()];

    private sealed class EndOfWatch(PeersActorTests spec) : IDisposable
    {
        public void Dispose() => spec._watched = false;
    }
}
