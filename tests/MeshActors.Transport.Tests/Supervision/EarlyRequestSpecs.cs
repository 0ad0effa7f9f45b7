using System;
using System.Linq;
using System.Text;
using Akka.Actor;
using MeshActors.Transport.Io;
using MeshActors.Transport.Paths;
using MeshActors.Transport.Remoting;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Time;
using MeshActors.Transport.Tunnels;
using MeshActors.Transport.Wire;
using Xunit;

namespace MeshActors.Transport.Tests.Supervision;

/// <summary>When a request is delivered for which a tunnel has to be opened first. Actors and engines are those of a program, and take no time.</summary>
public sealed class EarlyRequestSpecs : SupervisionSpec
{
    /// <summary>Nobody takes what comes early within two minutes of a start: it may have been taken before.</summary>
    private static readonly TimeSpan LongAfterTheStart = TimeSpan.FromMinutes(3);

    /// <summary>Actors are woken in steps of a millisecond.</summary>
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(2);

    [Fact]
    public void A_request_that_may_go_early_is_delivered_after_half_a_round_trip_and_answered_after_one()
    {
        var (a, b) = (AddNode("a"), AddNode("b"));
        Run(LongAfterTheStart);

        var asked = Clock.Now;
        var (_, replies) = AskEarly(a, b);

        var (delivered, answered) = Times(b, replies, asked);
        var roundTrip = RoundTrip(a, b, PathKind.Direct);
        Assert.InRange(delivered, roundTrip / 2, (roundTrip / 2) + Step);
        Assert.InRange(answered, roundTrip, roundTrip + Step);
        Assert.True(b.Requests[0].Heard[0].CameEarly);
        ExpectOnce(b, replies);
    }

    [Fact]
    public void So_it_is_over_a_relay()
    {
        var relay = AddRelay();
        var (a, b) = (AddNode("a", relay), AddNode("b", relay));
        RunUntilLeased(a, b);
        Cut(a, b);
        Run(LongAfterTheStart);

        var asked = Clock.Now;
        var (_, replies) = AskEarly(a, b);

        var (delivered, answered) = Times(b, replies, asked);
        var roundTrip = RoundTrip(a, b, PathKind.Relayed);
        Assert.InRange(delivered, roundTrip / 2, (roundTrip / 2) + Step);
        Assert.InRange(answered, roundTrip, roundTrip + Step);
        ExpectOnce(b, replies);
    }

    [Fact]
    public void A_request_that_may_not_go_early_is_delivered_a_round_trip_later()
    {
        var (a, b) = (AddNode("a"), AddNode("b"));
        Run(LongAfterTheStart);

        var asked = Clock.Now;
        a.Transport.Tell(new OpenTunnel(RecordOf(b)), ActorRefs.NoSender);
        RunUntil(TimeSpan.FromSeconds(5), () => a.TunnelTo(b)?.State == TunnelState.Open, "the tunnel is open");
        var replies = new SpecRequest(Clock, serves: false);
        a.TunnelTo(b)!.OpenStream(StreamLane.Streams, replies).TrySend(Encoding.UTF8.GetBytes("task"));

        var (delivered, _) = Times(b, replies, asked);
        var roundTrip = RoundTrip(a, b, PathKind.Direct);
        Assert.InRange(delivered, roundTrip * 1.5, (roundTrip * 1.5) + Step);
        Assert.False(b.Requests[0].Heard[0].CameEarly);
    }

    [Fact]
    public void Where_the_tunnel_is_there_nothing_goes_early()
    {
        var (a, b) = (AddNode("a"), AddNode("b"));
        Run(LongAfterTheStart);
        OpenTunnel(a, b);

        var (early, replies) = AskEarly(a, b);
        Run(TimeSpan.FromSeconds(1));

        Assert.Null(early.Stream);
        Assert.Empty(b.Requests);
        Assert.Empty(replies.Heard);
    }

    [Theory]
    [InlineData(DatagramType.HandshakeMessage1)]
    [InlineData(DatagramType.HandshakeMessage2)]
    public void Messages_of_the_handshake_that_are_lost_neither_lose_nor_double_it(byte lost)
    {
        var (a, b) = (AddNode("a"), AddNode("b"));
        Run(LongAfterTheStart);
        CutOneWay(lost == DatagramType.HandshakeMessage1 ? a : b, lost == DatagramType.HandshakeMessage1 ? b : a, isCut: true);

        var (_, replies) = AskEarly(a, b);
        Run(TimeSpan.FromMilliseconds(600));
        CutOneWay(a, b, isCut: false);
        CutOneWay(b, a, isCut: false);
        RunUntil(TimeSpan.FromSeconds(3), () => replies.Heard.Count > 0, "the answer is there");

        ExpectOnce(b, replies);
    }

    [Fact]
    public void When_nobody_answers_the_stream_ends_and_the_next_one_is_delivered_once()
    {
        var (a, b) = (AddNode("a"), AddNode("b"));
        Run(LongAfterTheStart);
        CutOff(b);

        var (_, lost) = AskEarly(a, b);
        RunUntil(TimeSpan.FromSeconds(10), () => lost.End is not null, "the tunnel is given up");
        Assert.Equal((StreamEndReason.TunnelClosed, true), (lost.End!.Value.Reason, lost.End.Value.MayHaveArrived));
        CutOff(b, isCut: false);
        var (_, replies) = AskEarly(a, b);
        RunUntil(TimeSpan.FromSeconds(3), () => replies.Heard.Count > 0, "the answer is there");

        Assert.Empty(lost.Heard);
        ExpectOnce(b, replies);
    }

    [Fact]
    public void Who_gives_up_before_the_tunnel_is_begun_sends_nothing()
    {
        var (a, b) = (AddNode("a"), AddNode("b"));
        Run(LongAfterTheStart);
        var early = new EarlyRequest(new SpecRequest(Clock, serves: false), [Encoding.UTF8.GetBytes("task")], _ => { });

        early.GiveUp(1);
        a.Transport.Tell(new OpenTunnel(RecordOf(b), early), ActorRefs.NoSender);
        Run(TimeSpan.FromSeconds(1));

        Assert.Equal(TunnelState.Open, a.TunnelTo(b)!.State);
        Assert.Empty(b.Requests);
    }

    [Theory]
    [InlineData(100, 600, true)]
    [InlineData(100, 691, true)]
    [InlineData(100, 692, false)]
    [InlineData(100, 16 * 1024 * 1024, false)]
    public void What_fits_is_what_message_1_has_room_for(int header, int payload, bool fits) =>
        Assert.Equal(fits, EarlyRequest.Fits(header, payload));

    [Fact]
    public void What_fits_is_delivered_with_message_1_whole()
    {
        var (a, b) = (AddNode("a"), AddNode("b"));
        Run(LongAfterTheStart);

        var asked = Clock.Now;
        var (_, replies) = AskEarly(a, b, new string('h', 100), new string('p', 691));
        RunUntil(TimeSpan.FromSeconds(1), () => b.Requests.Count > 0 && b.Requests[0].Heard.Count == 2, "both messages are there");

        var delivered = Clock.Now - asked;
        RunUntil(TimeSpan.FromSeconds(1), () => a.TunnelTo(b)!.State == TunnelState.Open, "the tunnel is open");
        Assert.InRange(delivered, TimeSpan.Zero, (RoundTrip(a, b, PathKind.Direct) / 2) + Step);
    }

    [Fact]
    public void What_does_not_fit_is_delivered_all_the_same()
    {
        var (a, b) = (AddNode("a"), AddNode("b"));
        Run(LongAfterTheStart);
        var text = new string('x', 20_000);

        var (_, replies) = AskEarly(a, b, text);
        RunUntil(TimeSpan.FromSeconds(1), () => replies.Heard.Count > 0, "the answer is there");

        Assert.Equal([text], b.Requests.Single().Heard.Select(heard => heard.Text));
    }

    private (EarlyRequest Early, SpecRequest Replies) AskEarly(SpecNode from, SpecNode to, params string[] messages)
    {
        var replies = new SpecRequest(Clock, serves: false);
        var early = new EarlyRequest(
            replies,
            [.. (messages.Length == 0 ? ["task"] : messages).Select(text => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(text))],
            _ => { });
        from.Transport.Tell(new OpenTunnel(RecordOf(to), early), ActorRefs.NoSender);
        return (early, replies);
    }

    /// <summary>How long after the call the request came to its worker, and the answer to its caller.</summary>
    private (TimeSpan Delivered, TimeSpan Answered) Times(SpecNode worker, SpecRequest replies, MonoTime asked)
    {
        RunUntil(TimeSpan.FromSeconds(5), () => replies.Heard.Count > 0, "the answer is there");
        return (worker.Requests[0].Heard[0].At - asked, replies.Heard[0].At - asked);
    }

    /// <summary>Each way between two sites takes 10 ms; over a relay there are two.</summary>
    private static TimeSpan RoundTrip(SpecNode from, SpecNode to, PathKind kind)
    {
        Assert.Equal(kind, from.PathTo(to));
        return TimeSpan.FromMilliseconds(kind == PathKind.Relayed ? 40 : 20);
    }

    private void CutOneWay(SpecNode from, SpecNode to, bool isCut) =>
        Internet.Sites.Cut(from.Host.Place.Site, to.Host.Place.Site, isCut);

    private void ExpectOnce(SpecNode worker, SpecRequest replies)
    {
        Run(TimeSpan.FromSeconds(30));
        Assert.Equal("task", Assert.Single(Assert.Single(worker.Requests).Heard).Text);
        Assert.Equal("answer", Assert.Single(replies.Heard).Text);
    }
}
