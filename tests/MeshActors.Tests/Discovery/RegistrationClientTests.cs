using System;
using System.Linq;
using CsCheck;
using MeshActors.Backbone;
using MeshActors.Capabilities;
using MeshActors.Discovery;
using MeshActors.TestKit.Simulation;
using MeshActors.Wire;
using Xunit;

namespace MeshActors.Tests.Discovery;

public sealed class RegistrationClientTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Registers_what_is_published_then_beats_every_30_seconds()
    {
        var pair = Registered();
        var registeredAt = pair.Asked[0].At;
        pair.RunFor(TimeSpan.FromSeconds(100));

        Assert.Equal(
            [
                DirectoryRequest.KindOneofCase.Register,
                DirectoryRequest.KindOneofCase.Renew,
                DirectoryRequest.KindOneofCase.Renew,
                DirectoryRequest.KindOneofCase.Renew,
            ],
            pair.Asked.Select(asked => asked.Request.KindCase));
        var roundTrip = 2 * DirectoryPair.Delay;
        Assert.Equal(registeredAt + (3 * (TimeSpan.FromSeconds(30) + roundTrip)), pair.Asked[3].At);
        Assert.Equal(SomeNodes.Endpoint("10.0.0.2:7400"), Assert.Single(pair.EventsOf<LeaseGranted>()).Observed);
    }

    [Fact]
    public void Beats_at_a_third_of_a_short_lease()
    {
        var pair = new DirectoryPair(1, lease: TimeSpan.FromSeconds(60));
        var table = new RecordTable(
            new RecordTableSettings(10, RecordLimits.ShortestLease), new SimRandom(1));
        pair.StartBackbone(table);
        pair.Client.HandlePublished(SomeNodes.Record(1, "fx"), pair.Now);
        pair.RunFor(TimeSpan.FromMinutes(10));

        Assert.Equal(1, table.Count);
        Assert.InRange(pair.Asked.Count, 19, 21);
    }

    [Fact]
    public void Only_asks_until_something_is_published()
    {
        var pair = new DirectoryPair(1);
        pair.StartBackbone();
        pair.RunFor(Second);

        Assert.Empty(pair.Asked);
        Assert.NotNull(pair.Client.Ask(SomeNodes.Ask("fx"), 4, pair.Now + Second));
        pair.RunFor(Second);
        Assert.Single(pair.EventsOf<QuestionAnswered>());
    }

    [Fact]
    public void A_change_is_published_at_once_even_while_a_registration_is_under_way()
    {
        var pair = Registered();
        pair.Client.HandlePublished(SomeNodes.Record(1, "gx") with { Sequence = 2 }, pair.Now);
        pair.RunFor(DirectoryPair.Delay / 2);
        pair.Client.HandlePublished(SomeNodes.Record(1, "hx") with { Sequence = 3 }, pair.Now);
        pair.RunFor(4 * DirectoryPair.Delay);

        Assert.True(pair.Client.IsRegistered);
        Assert.Single(pair.Table!.Query(SomeNodes.Ask("hx"), 4, pair.Now).Matches);
        Assert.Empty(pair.Table.Query(SomeNodes.Ask("gx"), 4, pair.Now).Matches);
    }

    [Fact]
    public void A_change_while_a_beat_is_under_way_goes_right_after_it()
    {
        var pair = Registered();
        pair.RunFor(TimeSpan.FromSeconds(30));
        Assert.Equal(DirectoryRequest.KindOneofCase.Renew, pair.Asked[^1].Request.KindCase);
        pair.Client.HandlePublished(SomeNodes.Record(1, "gx") with { Sequence = 2 }, pair.Now);
        pair.RunFor(4 * DirectoryPair.Delay);

        Assert.Single(pair.Table!.Query(SomeNodes.Ask("gx"), 4, pair.Now).Matches);
    }

    [Fact]
    public void A_record_that_is_too_long_is_not_published_and_the_one_before_stays()
    {
        var pair = Registered();
        var large = Enumerable.Range(0, 9).Select(i => new CapabilityDescriptor(
            $"large-{i}", default, new string(' ', CapabilityBounds.MaxSchema)));
        pair.Client.HandlePublished(SomeNodes.Record(1) with { Sequence = 2, Capabilities = [.. large] }, pair.Now);
        pair.RunFor(TimeSpan.FromMinutes(1));

        Assert.Equal(DirectoryRefusalCode.Malformed, Assert.Single(pair.EventsOf<LeaseRefused>()).Code);
        Assert.Single(pair.Table!.Query(SomeNodes.Ask("fx"), 4, pair.Now).Matches);
    }

    [Fact]
    public void Registers_again_by_itself_when_the_backbone_was_restarted()
    {
        var pair = Registered();
        pair.KillBackbone();
        Assert.False(pair.Client.IsRegistered);
        pair.RunFor(TimeSpan.FromSeconds(40));
        Assert.Single(pair.EventsOf<BackboneAway>());

        pair.StartBackbone();
        pair.RunFor(TimeSpan.FromSeconds(10.1));

        Assert.True(pair.Client.IsRegistered);
        Assert.Equal(2, pair.EventsOf<LeaseGranted>().Count());
        Assert.Single(pair.Table!.Query(SomeNodes.Ask("fx"), 4, pair.Now).Matches);
    }

    [Fact]
    public void Registers_again_when_the_backbone_has_forgotten_the_record()
    {
        var pair = Registered();
        pair.StartBackbone();
        pair.RunFor(TimeSpan.FromSeconds(31));

        Assert.True(pair.Client.IsRegistered);
        Assert.Equal(1, pair.Table!.Count);
        Assert.Empty(pair.EventsOf<BackboneAway>());
    }

    [Fact]
    public void Looks_for_an_absent_backbone_with_growing_delays_up_to_ten_seconds()
    {
        var pair = new DirectoryPair(1);
        pair.RunFor(TimeSpan.FromMinutes(5));

        var gaps = pair.Connects.Zip(pair.Connects.Skip(1), (a, b) => (b - a - DirectoryPair.Delay).TotalSeconds).ToList();
        Assert.InRange(gaps[0], 0.125, 0.25);
        Assert.InRange(gaps[3], 1, 2);
        Assert.All(gaps.Skip(8), gap => Assert.InRange(gap, 5, 10));
        Assert.InRange(pair.Connects.Count, 30, 70);
    }

    [Fact]
    public void Two_nodes_do_not_come_back_together()
    {
        var one = new DirectoryPair(1, seed: 1);
        var other = new DirectoryPair(1, seed: 2);
        one.RunFor(TimeSpan.FromSeconds(5));
        other.RunFor(TimeSpan.FromSeconds(5));

        Assert.Empty(one.Connects.Skip(1).Intersect(other.Connects.Skip(1)));
    }

    [Fact]
    public void Takes_a_backbone_that_leaves_a_beat_unanswered_for_away()
    {
        var pair = Registered();
        pair.Mute = true;
        pair.RunFor(TimeSpan.FromSeconds(36));

        Assert.Single(pair.EventsOf<BackboneAway>());
        pair.Mute = false;
        pair.RunFor(TimeSpan.FromSeconds(20));
        Assert.True(pair.Client.IsRegistered);
    }

    [Fact]
    public void A_question_without_an_answer_fails_at_its_deadline_and_the_link_is_tried_at_once()
    {
        var pair = Registered();
        pair.Mute = true;
        var question = pair.Client.Ask(SomeNodes.Ask("fx"), 4, pair.Now + Second);
        pair.RunFor(Second);

        Assert.Equal(question, Assert.Single(pair.EventsOf<QuestionFailed>()).Question);
        pair.RunFor(RegistrationClient.AnswerTimeout);
        Assert.Single(pair.EventsOf<BackboneAway>());
    }

    [Fact]
    public void Open_questions_fail_when_the_backbone_goes()
    {
        var pair = Registered();
        pair.Client.Ask(SomeNodes.Ask("fx"), 4, pair.Now + Second);
        pair.KillBackbone();
        pair.RunFor(TimeSpan.Zero);

        Assert.Single(pair.EventsOf<QuestionFailed>());
        Assert.Null(pair.Client.Ask(SomeNodes.Ask("fx"), 4, pair.Now + Second));
    }

    [Fact]
    public void Answers_find_their_questions_whatever_their_number_up_to_the_bound()
    {
        var pair = Registered();
        var asked = Enumerable.Range(0, 70)
            .Select(i => pair.Client.Ask(SomeNodes.Ask(i % 2 == 0 ? "fx" : "none"), 4, pair.Now + Second))
            .ToList();
        pair.RunFor(Second);

        Assert.Equal(RecordLimits.MaxInFlight - 1, asked.Count(question => question is not null));
        Assert.All(
            pair.EventsOf<QuestionAnswered>(),
            answer => Assert.Equal(asked.IndexOf(answer.Question) % 2 == 0 ? 1 : 0, answer.Matches.Length));
        Assert.Equal(RecordLimits.MaxInFlight - 1, pair.EventsOf<QuestionAnswered>().Count());
    }

    [Fact]
    public void Tells_when_another_root_holds_the_address_and_tries_again_much_later()
    {
        var pair = new DirectoryPair(1);
        pair.StartBackbone();
        var rival = SomeNodes.Record(1, "fx") with { Peer = SomeNodes.Peer(root: 9, address: 1) };
        pair.Table!.Register(rival, TimeSpan.FromSeconds(90), pair.Now, out _);
        pair.Client.HandlePublished(SomeNodes.Record(1, "fx"), pair.Now);
        pair.RunFor(TimeSpan.FromSeconds(50));

        Assert.Equal(DirectoryRefusalCode.AddressTaken, Assert.Single(pair.EventsOf<LeaseRefused>()).Code);
        Assert.True(pair.Client.IsConnected);
        pair.RunFor(TimeSpan.FromSeconds(100));
        Assert.True(pair.Client.IsRegistered);
    }

    [Fact]
    public void Tells_how_far_its_sequence_is_behind()
    {
        var pair = new DirectoryPair(1);
        pair.StartBackbone();
        pair.Table!.Register(
            SomeNodes.Record(1, "fx") with { Sequence = 77 }, TimeSpan.FromHours(1), pair.Now, out _);
        pair.Client.HandlePublished(SomeNodes.Record(1, "fx"), pair.Now);
        pair.RunFor(Second);

        Assert.Equal(77ul, Assert.Single(pair.EventsOf<SequenceBehind>()).Sequence);
        pair.Client.HandlePublished(SomeNodes.Record(1, "fx") with { Sequence = 78 }, pair.Now);
        pair.RunFor(Second);
        Assert.True(pair.Client.IsRegistered);
    }

    [Fact]
    public void Leaves_by_releasing_its_record_and_publishes_nothing_after_that()
    {
        var pair = Registered();
        pair.Client.HandleLeaving(pair.Now);
        pair.Client.HandlePublished(SomeNodes.Record(1, "fx") with { Sequence = 9 }, pair.Now);
        pair.RunFor(TimeSpan.FromMinutes(2));

        Assert.Single(pair.EventsOf<DirectoryLeft>());
        Assert.Equal(0, pair.Table!.Count);
    }

    [Fact]
    public void Leaves_after_a_registration_that_is_under_way()
    {
        var pair = new DirectoryPair(1);
        pair.StartBackbone();
        pair.Client.HandlePublished(SomeNodes.Record(1, "fx"), pair.Now);
        pair.RunFor(1.5 * DirectoryPair.Delay);
        pair.Client.HandleLeaving(pair.Now);
        Assert.Empty(pair.EventsOf<DirectoryLeft>());
        pair.RunFor(Second);

        Assert.Single(pair.EventsOf<DirectoryLeft>());
        Assert.Equal(0, pair.Table!.Count);
    }

    [Fact]
    public void Has_left_at_once_when_the_backbone_is_away_and_when_it_goes_meanwhile()
    {
        var away = new DirectoryPair(1);
        away.Client.HandleLeaving(away.Now);
        away.RunFor(TimeSpan.Zero);
        Assert.Single(away.EventsOf<DirectoryLeft>());

        var pair = Registered();
        pair.Client.HandleLeaving(pair.Now);
        pair.KillBackbone();
        pair.RunFor(TimeSpan.Zero);
        Assert.Single(pair.EventsOf<DirectoryLeft>());
    }

    /// <summary>However often the backbone goes and forgets, a while after it is back it holds what was published last.</summary>
    [Fact]
    public void Always_ends_registered_with_the_latest_record()
    {
        var turn = Gen.Select(Gen.Int[0, 3], Gen.Int[1, 90_000]);
        Gen.Select(Gen.ULong, turn.Array[0, 30]).Sample((seed, turns) =>
        {
            var pair = new DirectoryPair(1, seed);
            var sequence = 0ul;
            foreach (var (kind, ms) in turns)
            {
                switch (kind)
                {
                    case 0:
                        pair.KillBackbone();
                        break;
                    case 1:
                        pair.StartBackbone();
                        break;
                    case 2:
                        pair.Mute = !pair.Mute;
                        break;
                    default:
                        pair.Client.HandlePublished(Record(++sequence), pair.Now);
                        break;
                }

                pair.RunFor(TimeSpan.FromMilliseconds(ms));
            }

            pair.Mute = false;
            pair.StartBackbone();
            pair.Client.HandlePublished(Record(++sequence), pair.Now);
            pair.RunFor(TimeSpan.FromSeconds(50));

            var held = Assert.Single(pair.Table!.Query(SomeNodes.Ask("fx"), 4, pair.Now).Matches);
            Assert.Equal(sequence, held.Record.Sequence);
            Assert.True(pair.Client.IsRegistered);
        });
    }

    private static NodeRecord Record(ulong sequence) => SomeNodes.Record(1, "fx") with { Sequence = sequence };

    private static DirectoryPair Registered()
    {
        var pair = new DirectoryPair(1);
        pair.StartBackbone();
        pair.Client.HandlePublished(SomeNodes.Record(1, "fx"), pair.Now);
        pair.RunFor(4 * DirectoryPair.Delay);
        Assert.True(pair.Client.IsRegistered);
        return pair;
    }
}
