using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MeshActors.Capabilities;
using MeshActors.Discovery;
using MeshActors.Peers;
using MeshActors.TestKit.Simulation;
using MeshActors.Tests.Discovery;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Time;
using Xunit;

namespace MeshActors.Tests.Peers;

public sealed class PeerCacheTests
{
    private const int Self = 200;

    private readonly PeerCache _cache = new(PeerCacheSettings.Default, SomeNodes.Address(Self), new SimRandom(1));
    private readonly Dictionary<long, Candidates> _answers = [];
    private readonly List<RecordQuestion> _asked = [];
    private readonly List<MeshAddress> _dropped = [];
    private MonoTime _now = new(0);
    private long _token;

    [Fact]
    public void One_question_in_flight_serves_all_who_ask_the_same()
    {
        var first = Ask("fx");
        var second = Ask("fx");
        var other = Ask("gx");

        Assert.Equal(["fx", "gx"], _asked.Select(question => question.Capability));
        Answer("fx", 1, 2);
        Assert.Equal([1, 2], Named(first));
        Assert.Equal([1, 2], Named(second));
        Assert.False(_answers.ContainsKey(other));
    }

    [Fact]
    public void An_answer_is_used_for_its_lifetime_and_renewed_before_anybody_waits()
    {
        Know("fx", 1);
        Pass(35);
        Assert.Equal([1], Named(Ask("fx")));
        Assert.Single(_asked);

        Pass(2);
        Assert.Equal([1], Named(Ask("fx")));
        Assert.Equal(2, _asked.Count);

        Pass(9);
        var waits = Ask("fx");
        Assert.False(_answers.ContainsKey(waits));
        Answer("fx", 2);
        Assert.Contains(2, Named(waits));
        Assert.Equal(2, _asked.Count);
    }

    [Fact]
    public void When_no_backbone_answers_what_is_remembered_is_used_however_old_and_marked()
    {
        Know("fx", 1);
        Pass(3_600);
        var asked = Ask("fx");
        Unanswered("fx");

        Assert.Equal([1], Named(asked));
        Assert.True(_answers[asked].Stale);

        // The next within a second is answered without asking, one after it asks again.
        Assert.True(_answers[Ask("fx")].Stale);
        Assert.Equal(2, _asked.Count);
        Pass(1);
        Ask("fx");
        Assert.Equal(3, _asked.Count);
    }

    [Fact]
    public void When_no_backbone_answers_and_nobody_is_remembered_the_answer_says_so()
    {
        var asked = Ask("fx");
        Unanswered("fx");

        Assert.Empty(_answers[asked].Ranked);
        Assert.True(_answers[asked].Stale);
        Assert.Contains("backbone", _answers[asked].Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void Who_remembers_somebody_waits_a_quarter_of_a_second_who_does_not_two()
    {
        Know("fx", 1);
        Pass(60);
        var remembers = Ask("fx");
        var newcomer = Ask("gx");

        Pass(0.25);
        Assert.Equal([1], Named(remembers));
        Assert.True(_answers[remembers].Stale);
        Assert.False(_answers.ContainsKey(newcomer));
        Pass(1.75);
        Assert.Empty(_answers[newcomer].Ranked);
        Assert.Null(_cache.NextTimeout);
    }

    [Fact]
    public void That_nobody_offers_it_is_remembered_for_a_second()
    {
        var asked = Ask("fx-pricin");
        Found("fx-pricin", ["fx-pricing"]);

        Assert.Empty(_answers[asked].Ranked);
        Assert.False(_answers[asked].Stale);
        Assert.Contains("fx-pricing", _answers[asked].Hint, StringComparison.Ordinal);
        Assert.Empty(_answers[Ask("fx-pricin")].Ranked);
        Assert.Single(_asked);
        Pass(1);
        Ask("fx-pricin");
        Assert.Equal(2, _asked.Count);
    }

    [Fact]
    public void A_directory_that_was_just_restarted_does_not_make_a_node_forget_its_peers()
    {
        Know("fx", 1, 2);
        _cache.HandleHealth(PeerHealth.Unknown(SomeNodes.Address(2)) with { Reachable = false });
        Pass(46);
        var asked = Ask("fx");
        Answer("fx");

        Assert.Equal([1], Named(asked));
        Assert.False(_answers[asked].Stale);
        Assert.Equal([SomeNodes.Address(2)], _dropped);
    }

    [Fact]
    public void A_peer_the_directory_does_not_name_for_90_seconds_is_dropped()
    {
        Know("fx", 1);
        Pass(91);
        var asked = Ask("fx");
        Answer("fx");

        Assert.Empty(_answers[asked].Ranked);
        Assert.Equal(0, _cache.Count);
        Assert.Equal([SomeNodes.Address(1)], _dropped);
    }

    [Fact]
    public void Who_has_tried_all_that_are_known_makes_the_directory_be_asked_again()
    {
        Know("fx", 1);
        Assert.Empty(_answers[Ask("fx", exclude: 1)].Ranked);
        Pass(1);
        var asked = Ask("fx", exclude: 1);
        Answer("fx", 1, 2);

        Assert.Equal([2], Named(asked));
    }

    [Fact]
    public void This_node_itself_is_never_a_candidate_and_neither_is_who_does_not_fit()
    {
        var asked = Ask("fx", new CapabilityFilter { Version = new CapabilityVersion(1, 1) });
        Found(
            _asked[^1],
            Match(SomeNodes.Record(Self) with { Capabilities = [SomeNodes.Offer("fx", "1.1")] }),
            Match(SomeNodes.Record(1) with { Capabilities = [SomeNodes.Offer("fx", "1.0")] }),
            Match(SomeNodes.Record(2) with { Capabilities = [SomeNodes.Offer("fx", "1.0"), SomeNodes.Offer("fx", "1.2")] }));

        Assert.Equal([2], Named(asked));
        Assert.Equal("1.2", Assert.Single(_answers[asked].Ranked[0].Capabilities).Version.ToString());
    }

    [Fact]
    public void Another_root_at_a_remembered_address_is_not_used_while_the_first_is_fresh()
    {
        Know("fx", 1);
        var rival = SomeNodes.Record(1, "gx") with { Peer = SomeNodes.Peer(root: 9, address: 1) };
        var asked = Ask("gx");
        Found(_asked[^1], Match(rival));
        Assert.Empty(_answers[asked].Ranked);

        _cache.HandleHealth(PeerHealth.Unknown(SomeNodes.Address(1)) with { Freshness = PeerFreshness.Stale });
        Pass(2);
        var later = Ask("gx");
        Found(_asked[^1], Match(rival));
        Assert.Equal(rival.Peer.Root, Assert.Single(_answers[later].Ranked).Peer.Root);

        // What the first root could do is not asked of the second.
        Assert.Empty(_answers[Ask("fx")].Ranked);
    }

    [Fact]
    public void A_forgotten_peer_is_dropped_from_all_questions()
    {
        Know("fx", 1);
        Know("gx", 1);
        _cache.HandleHealth(PeerHealth.Unknown(SomeNodes.Address(1)) with { Freshness = PeerFreshness.Forgotten });
        Drain();

        Assert.Equal(0, _cache.Count);
        Assert.Equal([SomeNodes.Address(1)], _dropped);
    }

    [Fact]
    public void A_burst_is_spread_before_any_task_is_reported()
    {
        Know("fx", 1, 2, 3);
        var firsts = Enumerable.Range(0, 90).Select(_ => Number(_answers[Ask("fx")].Ranked[0])).CountBy(n => n);

        Assert.All(firsts, first => Assert.InRange(first.Value, 24, 36));
    }

    [Fact]
    public void Tasks_that_run_at_a_peer_speak_against_it_until_they_end()
    {
        Know("fx", 1, 2, 3);
        for (var i = 0; i < 20; i++)
        {
            _cache.HandleSent(SomeNodes.Address(1));
        }

        var candidate = _answers[Ask("fx")].Ranked[^1];
        Assert.Equal((1, 20), (Number(candidate), candidate.Running));
        for (var i = 0; i < 25; i++)
        {
            _cache.HandleEnded(SomeNodes.Address(1), refused: false, _now);
        }

        Assert.Equal(0, _answers[Ask("fx")].Ranked.First(peer => Number(peer) == 1).Running);
    }

    [Fact]
    public void A_peer_that_refused_comes_last_for_a_second()
    {
        Know("fx", 1, 2);
        _cache.HandleEnded(SomeNodes.Address(2), refused: true, _now);
        Assert.All(Enumerable.Range(0, 30), _ => Assert.Equal(1, Number(_answers[Ask("fx")].Ranked[0])));

        Pass(1);
        Assert.Contains(Enumerable.Range(0, 30), _ => Number(_answers[Ask("fx")].Ranked[0]) == 2);
    }

    [Fact]
    public void An_unreachable_peer_is_named_last()
    {
        Know("fx", 1, 2);
        _cache.HandleHealth(PeerHealth.Unknown(SomeNodes.Address(1)) with { Reachable = false });

        Assert.All(Enumerable.Range(0, 30), _ => Assert.Equal(1, Number(_answers[Ask("fx")].Ranked[^1])));
    }

    [Fact]
    public void Questions_are_bounded_and_the_one_used_longest_ago_goes()
    {
        for (var i = 0; i < PeerCacheSettings.MaxQuestions + 10; i++)
        {
            Know($"c{i}", i % 100);
        }

        var latest = PeerCacheSettings.MaxQuestions + 9;
        Assert.Equal([latest % 100], Named(Ask($"c{latest}")));
        var before = _asked.Count;
        Ask("c0");
        Assert.Equal(before + 1, _asked.Count);
        Assert.InRange(_cache.Count, 1, 100);
    }

    private static RecordMatch Match(NodeRecord record) => new(record, 1);

    private static int Number(PeerCandidate candidate) => (int)candidate.Peer.Address.Value - 1;

    private long Ask(string capability, CapabilityFilter? filter = null, params int[] exclude)
    {
        _cache.Ask(++_token, SomeNodes.Ask(capability, filter), SomeNodes.Addresses(exclude), _now);
        Drain();
        return _token;
    }

    private long Ask(string capability, int exclude) => Ask(capability, null, exclude);

    private void Know(string capability, params int[] nodes)
    {
        Ask(capability);
        Answer(capability, nodes);
    }

    private void Answer(string capability, params int[] nodes) => Found(
        SomeNodes.Ask(capability), [.. nodes.Select(node => Match(SomeNodes.Record(node, capability)))]);

    private void Found(string capability, ImmutableArray<string> similar) =>
        Handle(new RecordsFound(SomeNodes.Ask(capability), [], similar, Answered: true));

    private void Found(RecordQuestion question, params RecordMatch[] matches) =>
        Handle(new RecordsFound(question, [.. matches], [], Answered: true));

    private void Unanswered(string capability) =>
        Handle(new RecordsFound(SomeNodes.Ask(capability), [], [], Answered: false));

    private void Handle(RecordsFound found)
    {
        _cache.HandleFound(found, _now);
        Drain();
    }

    private int[] Named(long token) => [.. _answers[token].Ranked.Select(Number).Order()];

    private void Pass(double seconds)
    {
        _now += TimeSpan.FromSeconds(seconds);
        _cache.HandleTimeout(_now);
        Drain();
    }

    private void Drain()
    {
        while (_cache.PollEvent(out var happened))
        {
            switch (happened)
            {
                case QuestionDue due:
                    _asked.Add(due.Question);
                    break;
                case AnswerDue due:
                    _answers.Add(due.Token, due.Answer);
                    break;
                case PeerDropped dropped:
                    _dropped.Add(dropped.Peer);
                    break;
            }
        }
    }
}
