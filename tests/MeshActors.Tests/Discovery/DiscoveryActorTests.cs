using System;
using System.Collections.Immutable;
using System.Linq;
using System.Net;
using Akka.Actor;
using Akka.TestKit;
using MeshActors.Backbone;
using MeshActors.Discovery;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Identity;
using Xunit;

namespace MeshActors.Tests.Discovery;

/// <summary>A node and its backbones, all real actors; only the streams between them are in memory.</summary>
public sealed class DiscoveryActorTests : VirtualTimeSpec
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly TwinBackbone _home = new(SomeNodes.Peer(100));
    private readonly TwinBackbone _partner = new(SomeNodes.Peer(101));
    private readonly TestProbe _events;

    public DiscoveryActorTests()
    {
        _events = CreateTestProbe();
        Sys.EventStream.Subscribe(_events, typeof(Registered));
        Sys.EventStream.Subscribe(_events, typeof(BackboneLost));
        Sys.EventStream.Subscribe(_events, typeof(AddressTaken));
    }

    [Fact]
    public void A_node_registers_as_soon_as_its_agents_are_known()
    {
        Start(_home);
        var node = Node(1, All(_home));
        Pass(Second);
        _events.ExpectNoMsg(TimeSpan.Zero);

        node.Tell(new DescriptorsChanged([SomeNodes.Offer("fx-pricing")]));

        Assert.Equal(SomeNodes.Endpoint("10.0.0.2:7400"), _events.ExpectMsg<Registered>().Observed);
        Assert.Equal([1], WhoOffers("fx-pricing"));
    }

    [Fact]
    public void An_agent_that_comes_or_goes_is_published_at_once()
    {
        Start(_home);
        var node = Node(1, All(_home));
        node.Tell(new DescriptorsChanged([SomeNodes.Offer("fx")]));
        node.Tell(new DescriptorsChanged([SomeNodes.Offer("gx")]));

        Assert.Empty(WhoOffers("fx"));
        Assert.Equal([1], WhoOffers("gx"));
    }

    [Fact]
    public void Each_backbone_is_told_only_what_is_published_there()
    {
        Start(_home);
        Start(_partner);
        var node = Node(1, All(_home), Only(_partner, "fx-*"));
        node.Tell(new DescriptorsChanged([SomeNodes.Offer("fx-pricing"), SomeNodes.Offer("secret-sauce")]));

        var stranger = Node(2, Only(_partner, "*"));
        Assert.Equal([1], WhoOffers("fx-pricing", stranger));
        Assert.Empty(WhoOffers("secret-sauce", stranger));
        Assert.Equal([1], WhoOffers("secret-sauce"));
    }

    [Fact]
    public void When_the_backbone_is_back_the_node_registers_again_by_itself()
    {
        Start(_home);
        Node(1, All(_home)).Tell(new DescriptorsChanged([SomeNodes.Offer("fx")]));
        _events.ExpectMsg<Registered>();

        _home.Kill(Sys);
        Assert.Equal("home", _events.ExpectMsg<BackboneLost>().Backbone);
        Pass(TimeSpan.FromSeconds(30));
        Start(_home);
        Pass(TimeSpan.FromSeconds(10));

        _events.ExpectMsg<Registered>();
        Assert.Equal([1], WhoOffers("fx"));
    }

    [Fact]
    public void With_all_backbones_away_a_question_is_answered_at_once_as_not_answered()
    {
        var found = Ask(Node(1, All(_home)), "fx");

        Assert.False(found.Answered);
        Assert.Empty(found.Matches);
    }

    [Fact]
    public void One_backbone_that_hangs_delays_the_answer_of_another_by_a_second_at_most()
    {
        Start(_home);
        Start(_partner);
        Node(1, All(_home)).Tell(new DescriptorsChanged([SomeNodes.Offer("fx")]));
        var asker = Node(2, All(_home), Only(_partner, "*"));
        _partner.NodeEnds[^1].IsFull = true;

        asker.Tell(new FindRecords(SomeNodes.Ask("fx")), TestActor);
        ExpectNoMsg(TimeSpan.Zero);
        Pass(Second);

        var found = ExpectMsg<RecordsFound>();
        Assert.True(found.Answered);
        Assert.Single(found.Matches);
    }

    [Fact]
    public void A_node_whose_address_another_root_holds_is_told_so()
    {
        Start(_home);
        Node(SomeNodes.Peer(root: 7, address: 1), All(_home)).Tell(new DescriptorsChanged([]));
        _events.ExpectMsg<Registered>();

        Node(1, All(_home)).Tell(new DescriptorsChanged([]));

        Assert.Equal("home", _events.ExpectMsg<AddressTaken>().Backbone);
    }

    [Fact]
    public void A_node_whose_clock_was_set_back_still_replaces_its_own_record()
    {
        Start(_home);
        Pass(TimeSpan.FromMinutes(1));
        Node(1, All(_home)).Tell(new DescriptorsChanged([SomeNodes.Offer("fx")]));
        _events.ExpectMsg<Registered>();

        // The same node in a process whose clock is an hour behind.
        var behind = new TwinClock(SomeNodes.Issued - TimeSpan.FromHours(1));
        var again = Sys.ActorOf(DiscoveryActor.Props(
            new DiscoverySettings([All(_home).Settings], null, DiscoverySettings.DefaultLease),
            () => SomeNodes.Peer(1),
            _home.ConnectorOf(SomeNodes.Peer(1)),
            new(behind),
            new SimRandom(5)));
        _events.ExpectMsg<BackboneLost>();
        again.Tell(new DescriptorsChanged([SomeNodes.Offer("gx")]));

        _events.ExpectMsg<Registered>();
        Assert.Equal([1], WhoOffers("gx"));
        Assert.Empty(WhoOffers("fx"));
    }

    [Fact]
    public void A_link_that_fails_is_restarted_alone_and_registers_again()
    {
        Start(_home);
        Start(_partner);
        var node = Node(1, All(_home), Only(_partner, "*"));
        node.Tell(new DescriptorsChanged([SomeNodes.Offer("fx")]));
        _events.ExpectMsg<Registered>();
        _events.ExpectMsg<Registered>();

        EventFilter.Exception<ActorKilledException>().ExpectOne(
            () => Sys.ActorSelection(node.Path / "home").Tell(Kill.Instance));
        Pass(Second);

        Assert.Equal("home", _events.ExpectMsg<Registered>().Backbone);
        Assert.Equal([1], WhoOffers("fx"));
        Assert.Equal(1, _partner.Connects);
    }

    [Fact]
    public void Discovery_that_fails_publishes_again_what_it_knew()
    {
        Start(_home);
        var settings = new DiscoverySettings([All(_home).Settings], null, DiscoverySettings.DefaultLease);
        var connector = _home.ConnectorOf(SomeNodes.Peer(1));
        var parent = Sys.ActorOf(RestartingParent.Props(DiscoveryActor.Props(
            settings, () => SomeNodes.Peer(1), connector, Clock, new SimRandom(1))));
        parent.Tell(new DescriptorsChanged([SomeNodes.Offer("fx")]));
        _events.ExpectMsg<Registered>();

        EventFilter.Exception<ActorKilledException>().ExpectOne(() => Sys.ActorSelection(parent.Path / "child").Tell(Kill.Instance));
        Pass(Second);

        _events.ExpectMsg<Registered>();
        Assert.Equal([1], WhoOffers("fx"));
    }

    [Fact]
    public void A_node_that_leaves_is_in_the_directory_no_more_whatever_its_agents_say_after_that()
    {
        Start(_home);
        var node = Node(1, All(_home));
        node.Tell(new DescriptorsChanged([SomeNodes.Offer("fx")]));
        Assert.Equal([1], WhoOffers("fx"));

        node.Tell(LeaveDirectories.Instance, TestActor);
        ExpectMsg<DirectoriesLeft>();
        node.Tell(new DescriptorsChanged([SomeNodes.Offer("fx")]));

        Assert.Empty(WhoOffers("fx"));
    }

    [Fact]
    public void Leaving_does_not_wait_for_a_backbone_that_is_away()
    {
        Node(1, All(_home)).Tell(LeaveDirectories.Instance, TestActor);

        ExpectMsg<DirectoriesLeft>();
    }

    [Fact]
    public void Tells_how_it_stands_with_each_backbone()
    {
        Start(_home);
        var node = Node(1, All(_home), Only(_partner, "*"));
        node.Tell(new DescriptorsChanged([]));
        node.Tell(DiscoveryStatusRequested.Instance, TestActor);

        Assert.Equal(
            [new BackboneLinkStatus("home", true, true), new BackboneLinkStatus("partner", false, false)],
            ExpectMsg<DiscoveryStatus>().Backbones.AsEnumerable());
    }

    private static (BackboneSettings Settings, TwinBackbone Twin) All(TwinBackbone twin) => Only(twin, "*", "home");

    private static (BackboneSettings Settings, TwinBackbone Twin) Only(
        TwinBackbone twin, string pattern, string name = "partner")
    {
        Assert.True(NamePattern.TryParse(pattern, out var parsed));
        return (new BackboneSettings(name, [new DnsEndPoint("localhost", 1)], null, [parsed]), twin);
    }

    private void Start(TwinBackbone twin) => twin.Start(
        Sys.ActorOf(BackboneActor.Props(RecordTableSettings.Default, Clock, new SimRandom(11))));

    private IActorRef Node(int number, params (BackboneSettings Settings, TwinBackbone Twin)[] backbones) =>
        Node(SomeNodes.Peer(number), backbones);

    private IActorRef Node(
        PeerRecord self, params (BackboneSettings Settings, TwinBackbone Twin)[] backbones)
    {
        var connectors = backbones.ToImmutableDictionary(b => b.Settings.Name, b => b.Twin.ConnectorOf(self));
        return Sys.ActorOf(DiscoveryActor.Props(
            new DiscoverySettings([.. backbones.Select(b => b.Settings)], null, DiscoverySettings.DefaultLease),
            () => self,
            (backbone, owner, timeout) => connectors[backbone.Name](backbone, owner, timeout),
            Clock,
            new SimRandom(self.Address.Value)));
    }

    private RecordsFound Ask(IActorRef node, string capability)
    {
        node.Tell(new FindRecords(SomeNodes.Ask(capability)), TestActor);
        return ExpectMsg<RecordsFound>();
    }

    /// <summary>Numbers of the nodes a fresh node at the home backbone finds.</summary>
    private int[] WhoOffers(string capability, IActorRef? asker = null)
    {
        var found = Ask(asker ?? Node(50, All(_home)), capability);
        Assert.True(found.Answered);
        return [.. found.Matches.Select(match => (int)match.Record.Peer.Address.Value - 1).Order()];
    }

    private sealed class TwinClock(DateTimeOffset utcNow) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => utcNow;
    }
}
