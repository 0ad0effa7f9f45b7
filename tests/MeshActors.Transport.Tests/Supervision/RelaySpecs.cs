using System;
using System.Collections.Generic;
using System.Linq;
using Akka.Actor;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Paths;
using MeshActors.Transport.Relay;
using MeshActors.Transport.Remoting;
using MeshActors.Transport.Wire;
using Xunit;

namespace MeshActors.Transport.Tests.Supervision;

/// <summary>How the relays of the configuration are found, kept and found again.</summary>
public sealed class RelaySpecs : SupervisionSpec
{
    [Fact]
    public void A_relay_is_asked_who_it_is_and_gives_a_lease()
    {
        var relay = AddRelay();
        var a = AddNode("a", relay);

        EventFilter.Info(contains: "peers reach this node over it").ExpectOne(() => RunUntilLeased(a));

        Assert.Equal(relay.Identity.Address, Assert.Single(RelaysOf(a)).Relay);
    }

    [Fact]
    public void Each_relay_has_an_actor_named_by_where_it_is()
    {
        var relay = AddRelay();
        var a = AddNode("a", relay);

        Assert.Equal($"/user/a/relays/{relay.AsRelay.Name}", RelayActorOf(a, relay).Path.ToStringWithoutAddress());
    }

    [Fact]
    public void A_relay_that_does_not_answer_is_warned_of_once_and_found_when_it_is_there()
    {
        var relay = AddRelay();
        CutOff(relay);
        var a = AddNode("a", relay);

        EventFilter.Warning(contains: "does not answer and is asked again").ExpectOne(() => Run(TimeSpan.FromMinutes(1)));
        var asking = Assert.Single(RelaysOf(a));
        Assert.Equal(RelayPhase.Asking, asking.Phase);
        Assert.Contains("nobody is there", asking.Silence, StringComparison.Ordinal);

        CutOff(relay, isCut: false);
        RunUntil(
            RelaySupervision.LongestPause + TimeSpan.FromSeconds(6),
            () => RelaysOf(a)[0].Phase == RelayPhase.Leased,
            "the relay is found");
    }

    [Fact]
    public void A_node_that_is_no_relay_is_told_as_such()
    {
        var other = AddNode("other");
        var a = AddNode("a", other);

        EventFilter.Warning(contains: "set is-relay = on there").ExpectOne(() => Run(TimeSpan.FromSeconds(5)));

        Assert.Equal((RelayPhase.Refused, RelayRefusal.NoRole), (RelaysOf(a)[0].Phase, RelaysOf(a)[0].Refusal));
    }

    [Fact]
    public void A_relay_actor_that_crashes_is_restarted_and_asks_again()
    {
        var relay = AddRelay();
        var (a, b) = (AddNode("a", relay), AddNode("b", relay));
        RunUntilLeased(a, b);
        Cut(a, b);
        var talk = Associate(a, b);
        Assert.Equal(PathKind.Relayed, a.PathTo(b));
        talk.ForgetGaps(Clock.Now);

        EventFilter.Error(contains: "failed and is restarted").ExpectOne(() => RelayActorOf(a, relay).Tell(Kill.Instance));
        Run(TimeSpan.FromSeconds(1));

        Assert.Equal(RelayPhase.Leased, RelaysOf(a)[0].Phase);
        Assert.True(talk.WorstGap < TimeSpan.FromMilliseconds(100), $"nothing came for {talk.WorstGap}");
    }

    [Fact]
    public void A_relay_actor_that_crashes_again_and_again_is_stopped_and_its_lease_stands()
    {
        var relay = AddRelay();
        var (a, b) = (AddNode("a", relay), AddNode("b", relay));
        RunUntilLeased(a, b);
        Cut(a, b);
        var talk = Associate(a, b);
        var actor = RelayActorOf(a, relay);

        EventFilter.Error(contains: "not looked after any more").ExpectOne(() =>
        {
            for (var crash = 0; crash <= RelaysActor.MaxRestarts; crash++)
            {
                actor.Tell(Kill.Instance);
                Run(TimeSpan.FromMilliseconds(100));
            }
        });

        Run(TimeSpan.FromMinutes(2));
        Assert.Equal(PathKind.Relayed, a.PathTo(b));
        Assert.Equal((0, 0), talk.Disassociations);
        Assert.InRange(talk.Heard, talk.Said - 2, talk.Said);
    }

    [Fact]
    public void When_the_supervisor_of_the_relays_crashes_it_knows_them_all_again_and_looks_after_them()
    {
        var (first, second) = (AddRelay(0), AddRelay(1));
        var (a, b) = (AddNode("a", first, second), AddNode("b", first, second));
        RunUntilLeased(a, b);
        Cut(a, b);
        var talk = Associate(a, b);
        talk.ForgetGaps(Clock.Now);
        var names = RelaysOf(a).Select(relay => relay.Name).ToArray();

        EventFilter.Exception<KeyNotFoundException>().ExpectOne(() => Sys.ActorSelection(a.Transport, "relays").Tell(
            new RelayReport("a relay that nobody told of", RelayPhase.Lost, null, default, string.Empty)));
        Run(TimeSpan.FromSeconds(1));

        Assert.Equal(names, RelaysOf(a).Select(relay => relay.Name));
        RunUntilLeased(a);
        Assert.True(talk.WorstGap < TimeSpan.FromMilliseconds(100), $"nothing came for {talk.WorstGap}");

        CutOff(first);
        // Each of both nodes says so.
        EventFilter.Warning(contains: "is lost and looked for").Expect(2, () => Run(TimeSpan.FromMinutes(1)));
        CutOff(first, isCut: false);
        RunUntil(TimeSpan.FromSeconds(20), () => RelaysOf(a).All(relay => relay.Phase == RelayPhase.Leased), "the lease is there again");
    }

    [Fact]
    public void A_lost_lease_is_taken_anew_at_the_next_relay()
    {
        var relays = new[] { AddRelay(0), AddRelay(1), AddRelay(2) };
        var (a, b) = (AddNode("a", relays), AddNode("b", relays));
        Run(TimeSpan.FromMinutes(2));
        var before = Leases(a);
        Assert.Equal(2, before.Length);
        var home = relays.Single(relay => relay.Identity.Address == before[0]);
        var next = relays.Single(relay => !before.Contains(relay.Identity.Address));
        Cut(a, b);
        var talk = Associate(a, b);
        talk.ForgetGaps(Clock.Now);

        CutOff(home);
        RunUntil(
            TimeSpan.FromSeconds(15),
            () => Leases(a) is [var first, var second] && first == before[1] && second == next.Identity.Address,
            "the second is home, and the third has given the lease that was lost");

        Run(TimeSpan.FromSeconds(5));
        Assert.True(talk.WorstGap < TimeSpan.FromSeconds(1), $"nothing came for {talk.WorstGap}");
        Assert.Equal((0, 0), talk.Disassociations);
        Assert.InRange(talk.Heard, talk.Said - 3, talk.Said);
    }

    [Fact]
    public void A_tunnel_that_is_dialled_before_the_first_lease_goes_over_the_relay_that_gives_it()
    {
        var relay = AddRelay();
        var b = AddNode("b", relay);
        RunUntilLeased(b);
        var record = RecordOf(b);
        var a = AddNode("a", relay);
        Cut(a, b);

        a.Transport.Tell(new OpenTunnel(record), ActorRefs.NoSender);
        RunUntil(TimeSpan.FromSeconds(2), () => a.PathTo(b) == PathKind.Relayed, "the tunnel is open over the relay");
    }

    [Fact]
    public void A_lost_relay_is_told_and_leased_again_when_it_is_back()
    {
        var relay = AddRelay();
        var a = AddNode("a", relay);
        RunUntilLeased(a);

        CutOff(relay);
        EventFilter.Warning(contains: "is lost and looked for").ExpectOne(() => Run(TimeSpan.FromMinutes(1)));
        Assert.Equal(RelayPhase.Lost, RelaysOf(a)[0].Phase);

        CutOff(relay, isCut: false);
        RunUntil(TimeSpan.FromSeconds(20), () => RelaysOf(a)[0].Phase == RelayPhase.Leased, "the lease is there again");
    }

    [Fact]
    public void A_relay_that_was_started_with_another_root_key_takes_the_place_of_the_one_before()
    {
        var relay = AddRelay();
        var (a, b) = (AddNode("a", relay), AddNode("b", relay));
        RunUntilLeased(a, b);
        Cut(a, b);
        var talk = Associate(a, b);

        var after = Restart(relay, SimIdentities.Of(600, NodeRoles.Relay), isRelay: true);
        RunUntil(
            TimeSpan.FromSeconds(90),
            () => RelaysOf(a)[0].Relay == after.Identity.Address && RelaysOf(a)[0].Phase == RelayPhase.Leased,
            "another relay is there");

        Assert.Equal([after.Identity.Address], Leases(a));
        talk.IsPaused = true;
        var another = Associate(a, b);
        Run(TimeSpan.FromSeconds(2));
        Assert.InRange(another.Heard, another.Said - 3, another.Said);
    }

    [Fact]
    public void When_the_relay_in_use_dies_its_tunnels_go_over_the_other_one_and_their_associations_never_know()
    {
        var (first, second) = (AddRelay(0), AddRelay(1));
        var (a, b) = (AddNode("a", first, second), AddNode("b", first, second));
        RunUntilLeased(a, b);
        Cut(a, b);
        var talk = Associate(a, b);
        Run(TimeSpan.FromSeconds(2));
        talk.ForgetGaps(Clock.Now);

        CutOff(first);
        Run(TimeSpan.FromSeconds(60));
        CutOff(first, isCut: false);
        Run(TimeSpan.FromSeconds(60));
        CutOff(second);
        Run(TimeSpan.FromSeconds(60));

        Assert.True(talk.WorstGap < TimeSpan.FromSeconds(1), $"nothing came for {talk.WorstGap}");
        Assert.Equal((0, 0), talk.Disassociations);
        Assert.InRange(talk.Heard, talk.Said - 3, talk.Said);
    }

    private MeshActors.Transport.Addressing.MeshAddress[] Leases(SpecNode node)
    {
        var leases = node.Engine.LeasesAsync();
        Run(TimeSpan.FromMilliseconds(2));
        return [.. leases.GetAwaiter().GetResult()];
    }

    private IActorRef RelayActorOf(SpecNode node, SpecNode relay)
    {
        Sys.ActorSelection(node.Transport, $"relays/{relay.AsRelay.Name}").Tell(new Identify(1), TestActor);
        return ExpectMsg<ActorIdentity>().Subject;
    }
}
