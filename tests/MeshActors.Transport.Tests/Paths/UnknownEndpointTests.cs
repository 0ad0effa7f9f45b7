using System;
using System.Collections.Generic;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Paths;
using MeshActors.Transport.Time;
using Xunit;

namespace MeshActors.Transport.Tests.Paths;

public sealed class UnknownEndpointTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan RoundTrip = TimeSpan.FromMilliseconds(300);
    private static readonly UdpEndpoint Known = At(1);
    private static readonly UdpEndpoint Unknown = At(2);

    private readonly PathAgent _agent = new(Known, TimeSpan.FromSeconds(30), new SimRandom(1), new MonoTime(0));

    [Fact]
    public void However_many_challenges_come_from_an_unknown_endpoint_an_answer_finds_its_challenge_remembered()
    {
        var answers = new Queue<(MonoTime At, ulong Token)>();
        var now = new MonoTime(0);
        for (var i = 0; i < 1_000; i++, now += Step)
        {
            _agent.HandleChallenge(Unknown, (ulong)i + 1, now);
            Poll(answers, now);
            while (answers.TryPeek(out var next) && next.At <= now)
            {
                answers.Dequeue();
                _agent.HandleAnswer(next.Token, RoundTrip, now);
            }
        }

        Assert.Equal(PathState.Valid, _agent.Paths.Find(Unknown)?.State);
    }

    [Fact]
    public void An_unknown_endpoint_that_never_answers_gets_few_challenges_however_many_come_from_there()
    {
        var sent = new Queue<(MonoTime At, ulong Token)>();
        var now = new MonoTime(0);
        for (var i = 0; i < 1_000; i++, now += Step)
        {
            _agent.HandleChallenge(Unknown, (ulong)i + 1, now);
            Poll(sent, now);
        }

        Assert.InRange(sent.Count, PeerPath.RoundChallenges, 20);
    }

    [Fact]
    public void An_endpoint_that_was_seen_before_the_peer_named_it_is_kept_when_it_does_not_answer()
    {
        var now = new MonoTime(0);
        _agent.HandleChallenge(Unknown, 1, now);
        _agent.Offer([Unknown], now);

        for (var end = now + TimeSpan.FromMinutes(1); now < end; now += Step)
        {
            Poll(new Queue<(MonoTime At, ulong Token)>(), now);
        }

        Assert.Equal(PathState.Failed, _agent.Paths.Find(Unknown)?.State);
    }

    [Fact]
    public void An_endpoint_that_was_given_up_has_one_more_round_each_time_it_is_named()
    {
        var now = new MonoTime(0);
        var sent = new Queue<(MonoTime At, ulong Token)>();
        _agent.Offer([Unknown], now);
        var quiet = TimeSpan.FromMinutes(2);
        for (var end = now + quiet; now < end; now += Step)
        {
            Poll(sent, now);
        }

        Assert.Equal(PathProber.MostRoundsUnanswered * PeerPath.RoundChallenges, sent.Count);

        _agent.Offer([Unknown], now);
        for (var end = now + quiet; now < end; now += Step)
        {
            Poll(sent, now);
        }

        Assert.Equal((PathProber.MostRoundsUnanswered + 1) * PeerPath.RoundChallenges, sent.Count);
    }

    private static UdpEndpoint At(byte host) => new(UdpEndpoint.MappedPrefix | 0x2D00_0000 | host, 7_400);

    /// <summary>Takes the challenges to the unknown endpoint; their answers come a round trip later.</summary>
    private void Poll(Queue<(MonoTime At, ulong Token)> answers, MonoTime now)
    {
        while (_agent.PollAnswer(out var to, out _, out var beside, now))
        {
            if (to == Unknown && beside is { } token)
            {
                answers.Enqueue((now + RoundTrip, token));
            }
        }

        while (_agent.PollChallenge(out var to, out var token, out _, now))
        {
            if (to == Unknown)
            {
                answers.Enqueue((now + RoundTrip, token));
            }
        }

        _agent.HandleTimeout(now);
    }
}
