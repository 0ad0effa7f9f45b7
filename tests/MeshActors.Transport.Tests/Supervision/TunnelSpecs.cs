using System;
using MeshActors.Transport.Paths;
using MeshActors.Transport.Tunnels;
using Xunit;

namespace MeshActors.Transport.Tests.Supervision;

/// <summary>What becomes of a tunnel, its association and what is sent in it, when ways die and come back.</summary>
public sealed class TunnelSpecs : SupervisionSpec
{
    [Fact]
    public void A_tunnel_whose_path_died_takes_the_relay_and_its_association_never_knows()
    {
        var relay = AddRelay();
        var (a, b) = (AddNode("a", relay), AddNode("b", relay));
        RunUntilLeased(a, b);
        var talk = Associate(a, b);
        Run(TimeSpan.FromSeconds(2));
        Assert.Equal(PathKind.Direct, a.PathTo(b));

        talk.ForgetGaps(Clock.Now);
        Cut(a, b);
        RunUntilPath(a, b, PathKind.Relayed);
        Run(TimeSpan.FromSeconds(5));

        Assert.True(talk.WorstGap < TimeSpan.FromSeconds(1), $"nothing came for {talk.WorstGap}");
        Assert.Equal(TunnelState.Open, a.TunnelTo(b)!.State);
        Finish(talk);
    }

    [Fact]
    public void A_relayed_tunnel_goes_directly_again_when_the_way_is_mended_and_nothing_is_lost_by_it()
    {
        var relay = AddRelay();
        var (a, b) = (AddNode("a", relay), AddNode("b", relay));
        RunUntilLeased(a, b);
        var talk = Associate(a, b);
        Cut(a, b);
        Run(TimeSpan.FromSeconds(5));
        Assert.Equal(PathKind.Relayed, a.PathTo(b));

        Cut(a, b, isCut: false);
        RunUntil(TimeSpan.FromSeconds(70), () => a.PathTo(b) == PathKind.Direct, "the direct path is in use again");

        Finish(talk);
    }

    [Fact]
    public void Messages_sent_while_every_way_is_gone_are_delivered_when_one_comes_back_in_time()
    {
        var relay = AddRelay();
        var (a, b) = (AddNode("a", relay), AddNode("b", relay));
        RunUntilLeased(a, b);
        var talk = Associate(a, b);
        Run(TimeSpan.FromSeconds(1));

        CutOff(a);
        RunUntil(TimeSpan.FromSeconds(5), () => a.TunnelTo(b)!.State == TunnelState.Failed, "the tunnel has failed");
        var before = talk.Said;
        Run(TimeSpan.FromSeconds(6));
        Assert.True(talk.Said > before + 200, $"only {talk.Said - before} numbers were taken meanwhile");
        CutOff(a, isCut: false);
        RunUntil(TimeSpan.FromSeconds(5), () => a.TunnelTo(b)!.State == TunnelState.Open, "the tunnel is open again");

        Finish(talk);
    }

    [Fact]
    public void When_every_way_is_exhausted_one_disassociation_goes_up()
    {
        var relay = AddRelay();
        var (a, b) = (AddNode("a", relay), AddNode("b", relay));
        RunUntilLeased(a, b);
        var talk = Associate(a, b);
        Run(TimeSpan.FromSeconds(1));

        CutOff(a);
        RunUntil(TimeSpan.FromSeconds(5), () => a.TunnelTo(b)!.State == TunnelState.Failed, "the tunnel has failed");
        Run(Supervision.ReconnectTimeout - TimeSpan.FromSeconds(1));
        Assert.Equal((0, 0), talk.Disassociations);
        Run(TimeSpan.FromSeconds(5));

        Assert.Equal(1, talk.Disassociations.Here);
        Assert.Null(a.TunnelTo(b));

        // The other side had nothing to say: it asks for a sign of life after 30 s, and waits as long from then on.
        Run(TimeSpan.FromMinutes(2));
        Assert.Equal((1, 1), talk.Disassociations);
        Assert.Null(b.TunnelTo(a));
    }

    [Fact]
    public void Who_asks_after_the_end_gets_a_tunnel_of_its_own_when_a_way_is_there_again()
    {
        var relay = AddRelay();
        var (a, b) = (AddNode("a", relay), AddNode("b", relay));
        RunUntilLeased(a, b);
        var talk = Associate(a, b);
        CutOff(a);
        RunUntil(TimeSpan.FromSeconds(30), () => talk.Disassociations.Here == 1, "the association has ended");

        CutOff(a, isCut: false);
        talk.IsPaused = true;
        var another = Associate(a, b);
        Run(TimeSpan.FromSeconds(2));

        Finish(another);
    }

    [Fact]
    public void A_failed_tunnel_is_tried_at_once_when_a_relay_gives_a_lease()
    {
        var relay = AddRelay();
        var (a, b) = (AddNode("a", relay), AddNode("b", relay));
        CutOff(relay);
        var talk = Associate(a, b);
        Run(TimeSpan.FromSeconds(12));
        Cut(a, b);
        RunUntil(TimeSpan.FromSeconds(5), () => a.TunnelTo(b)!.State == TunnelState.Failed, "the tunnel has failed");

        CutOff(relay, isCut: false);
        RunUntilLeased(b);
        RunUntilLeased(a);
        RunUntil(TimeSpan.FromSeconds(2), () => a.TunnelTo(b)!.State == TunnelState.Open, "the tunnel is open again");

        Assert.Equal(PathKind.Relayed, a.PathTo(b));
        Finish(talk);
    }

    [Fact]
    public void The_failure_of_one_tunnel_leaves_the_others_alone()
    {
        var (a, b, c) = (AddNode("a"), AddNode("b"), AddNode("c"));
        var failing = Associate(a, b);
        var other = Associate(a, c);

        Cut(a, b);
        Run(TimeSpan.FromSeconds(30));

        Assert.Equal(1, failing.Disassociations.Here);
        Finish(other);
    }

    /// <summary>Nothing was lost or doubled, and Akka saw no end.</summary>
    private void Finish(SpecTalk talk)
    {
        talk.IsPaused = true;
        Run(TimeSpan.FromSeconds(3));
        Assert.Equal((0, 0), talk.Disassociations);
        Assert.True(talk.Said > 50, $"only {talk.Said} numbers were said");
        Assert.Equal(talk.Said, talk.Heard);
    }
}
