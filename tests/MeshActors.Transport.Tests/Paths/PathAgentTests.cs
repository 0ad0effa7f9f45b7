using System;
using System.Linq;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Paths;
using MeshActors.Transport.Time;
using MeshActors.Transport.Wire;
using Xunit;

namespace MeshActors.Transport.Tests.Paths;

/// <summary>Which path acknowledgements take, what makes the one in use doubtful, and what takes its place.</summary>
public sealed class PathAgentTests
{
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(100);
    private static readonly UdpEndpoint Relayed = RelayedEndpoint.Of(0, new MeshAddress(0, 7));
    private static readonly UdpEndpoint OtherRelay = RelayedEndpoint.Of(1, new MeshAddress(0, 7));
    private static readonly UdpEndpoint OverBoth = RelayedEndpoint.Of(8, new MeshAddress(0, 7));
    private static readonly UdpEndpoint Direct = new(UdpEndpoint.MappedPrefix | 0x0A00_0001, 7_400);

    private readonly PathAgent _agent = new(Relayed, TimeSpan.FromSeconds(15), new SimRandom(1), At(0));

    [Fact]
    public void Acknowledgements_go_where_the_newest_content_came_from_whatever_else_comes()
    {
        Validate(Direct, sentAt: 0, answeredAt: 20);

        Hear(Direct, PacketFreshness.Newest, 30);
        Assert.Equal(Relayed, _agent.AcksTo.Endpoint);

        Hear(Direct, PacketFreshness.NewestContent, 31);
        Hear(Relayed, PacketFreshness.Newest, 32);
        Hear(Relayed, PacketFreshness.Late, 33);
        Assert.Equal(Direct, _agent.AcksTo.Endpoint);
    }

    [Fact]
    public void Acknowledgements_go_the_old_way_until_content_comes_by_the_path_that_was_promoted()
    {
        Promote();

        Assert.Equal(Relayed, _agent.AcksTo.Endpoint);
        Hear(Direct, PacketFreshness.NewestContent, 60);
        Assert.Equal(Direct, _agent.AcksTo.Endpoint);
    }

    [Fact]
    public void Acknowledgements_leave_a_path_in_doubt_with_everything_else()
    {
        Promote();
        Hear(Direct, PacketFreshness.NewestContent, 60);

        _agent.Doubt(Silence, At(200));
        Hear(Direct, PacketFreshness.NewestContent, 201);

        Assert.Equal(Relayed, _agent.AcksTo.Endpoint);
    }

    [Fact]
    public void What_is_on_the_way_goes_again_when_a_path_was_left_for_its_silence_and_not_when_a_better_one_came()
    {
        Promote();
        _agent.Active.HandleAnswered(At(50));
        Assert.False(_agent.ReplacesSilent);

        _agent.Doubt(Silence, At(200));
        Assert.Equal(Relayed, _agent.Active.Endpoint);
        Assert.True(_agent.ReplacesSilent);
        Assert.True(_agent.HandleAnswer(Challenge(Direct, 200)!.Value, Silence, At(210)));
        Assert.Equal(Direct, _agent.Active.Endpoint);
        Assert.True(_agent.ReplacesSilent);
    }

    [Fact]
    public void What_went_by_a_standby_that_answers_is_not_repeated_when_the_path_in_doubt_is_taken_again()
    {
        Promote();
        _agent.Active.HandleAnswered(At(50));

        _agent.Doubt(Silence, At(200));
        Hear(Relayed, PacketFreshness.NewestContent, 205);
        Assert.True(_agent.HandleAnswer(Challenge(Direct, 200)!.Value, Silence, At(210)));

        Assert.False(_agent.ReplacesSilent);
    }

    [Fact]
    public void A_path_that_stands_in_and_is_heard_but_proves_nothing_gives_way_to_one_that_answers()
    {
        Promote();
        _agent.Active.HandleAnswered(At(50));
        Validate(OtherRelay, sentAt: 60, answeredAt: 110);
        _agent.Doubt(Silence, At(200));
        Assert.Equal(OtherRelay, _agent.Active.Endpoint);

        Hear(OtherRelay, PacketFreshness.NewestContent, 201);
        Assert.True(_agent.HandleAnswer(Challenge(Relayed, 200)!.Value, Silence, At(250)));

        Assert.Equal(Relayed, _agent.Active.Endpoint);
    }

    [Fact]
    public void Content_by_another_path_raises_doubt_when_the_one_in_use_is_silent()
    {
        Promote();

        Hear(Relayed, PacketFreshness.NewestContent, 140);
        Assert.False(_agent.IsInDoubt);
        Hear(Relayed, PacketFreshness.NewestContent, 141);
        Assert.True(_agent.IsInDoubt);
    }

    [Fact]
    public void The_path_that_the_peer_uses_stands_in_for_one_that_is_silent_though_another_be_better_in_kind()
    {
        Promote();
        var old = new UdpEndpoint(UdpEndpoint.MappedPrefix | 0x0A00_0002, 7_400);
        Validate(old, sentAt: 50, answeredAt: 90);

        Hear(Relayed, PacketFreshness.NewestContent, 200);

        Assert.True(_agent.IsInDoubt);
        Assert.Equal(Relayed, _agent.Active.Endpoint);
    }

    [Fact]
    public void A_path_by_which_anything_comes_is_not_silent()
    {
        Promote();

        Hear(Direct, PacketFreshness.Late, 100);
        Hear(Relayed, PacketFreshness.NewestContent, 200);

        Assert.False(_agent.IsInDoubt);
    }

    [Fact]
    public void A_path_whose_packets_are_acknowledged_is_not_doubted_because_the_peer_sends_another_way()
    {
        Promote();

        _agent.Active.HandleAnswered(At(100));
        Hear(Relayed, PacketFreshness.NewestContent, 200);

        Assert.False(_agent.IsInDoubt);
    }

    [Fact]
    public void A_challenge_of_the_peer_hastens_the_next_one_to_a_path_that_does_not_work_yet()
    {
        _agent.Offer([Direct], At(0));
        Assert.NotNull(Challenge(Direct, 0));
        Assert.NotNull(Challenge(Direct, 100));
        Assert.NotNull(Challenge(Direct, 300));
        Assert.Null(Challenge(Direct, 450));

        _agent.HandleChallenge(Direct, 9, At(450));

        Assert.NotNull(Challenge(Direct, 450));
        _agent.HandleChallenge(Direct, 10, At(460));
        Assert.Null(Challenge(Direct, 460));
    }

    [Fact]
    public void A_better_path_that_was_held_back_is_tried_when_it_may_be_taken_and_not_when_it_is_next_in_turn()
    {
        Promote();
        _agent.Doubt(Silence, At(100));
        Assert.True(_agent.HandleAnswer(Challenge(Direct, 100)!.Value, Silence, At(120)));
        Assert.Equal(Relayed, _agent.Active.Endpoint);
        var until = _agent.Standby!.HeldUntil;
        Assert.True(until > At(1_000) && until < At(2_000));

        Assert.True(_agent.NextTimeout <= until);
        var first = Challenge(Direct, 1_100)!.Value;
        Assert.True(_agent.HandleAnswer(first, Silence, At(1_120)));
        _ = Challenge(Direct, 1_120) is { } second && _agent.HandleAnswer(second, Silence, At(1_140));

        Assert.Equal(Direct, _agent.Active.Endpoint);
    }

    [Fact]
    public void Two_equal_paths_do_not_take_turns_because_acknowledgements_come_later_than_answers()
    {
        var slow = TimeSpan.FromMilliseconds(40);
        var other = new UdpEndpoint(UdpEndpoint.MappedPrefix | 0x0A00_0002, 7_400);
        Promote();
        Validate(other, sentAt: 50, answeredAt: 70);

        for (var at = 100; at < 2_000; at += 100)
        {
            _agent.Paths.Find(other)!.Challenge(At(at));
            Assert.True(_agent.HandleAnswer(Challenge(other, at)!.Value, slow, At(at + 20)));
            Assert.True(Challenge(Direct, at + 20) is not { } also || _agent.HandleAnswer(also, slow, At(at + 40)));
        }

        Assert.Equal((Direct, 1), (_agent.Active.Endpoint, _agent.Switches));
    }

    [Fact]
    public void A_path_that_became_slow_gives_way_to_a_faster_one_of_its_kind()
    {
        var slow = TimeSpan.FromMilliseconds(400);
        var other = new UdpEndpoint(UdpEndpoint.MappedPrefix | 0x0A00_0002, 7_400);
        Promote();
        Validate(other, sentAt: 50, answeredAt: 70);

        for (var at = 1_000; at < 20_000 && _agent.Active.Endpoint == Direct; at += 1_000)
        {
            _agent.Paths.Find(other)!.Challenge(At(at));
            Assert.True(_agent.HandleAnswer(Challenge(other, at)!.Value, slow, At(at + 20)));
            Assert.True(Challenge(Direct, at + 20) is not { } also || _agent.HandleAnswer(also, slow, At(at + 420)));
        }

        Assert.Equal(other, _agent.Active.Endpoint);
    }

    [Fact]
    public void Endpoints_that_challenge_at_the_same_time_do_not_push_each_other_out_and_make_room_when_they_are_silent()
    {
        HandleChallenges(0, 12, at: 0);
        var first = SeenEndpoints();
        HandleChallenges(0, 12, at: 100);
        Assert.Equal(PeerPaths.MostSeen, first.Length);
        Assert.Equal(first, SeenEndpoints());

        HandleChallenges(20, 1, at: 2_200);

        Assert.Contains(SeenAt(20), SeenEndpoints());
        Assert.Equal(PeerPaths.MostSeen, SeenEndpoints().Length);
    }

    [Fact]
    public void A_relay_that_fails_is_replaced_by_a_way_that_does_not_go_over_it_though_that_be_slower()
    {
        _agent.Paths.ShareRelay = (one, other) => (one, other) != (Relayed, OtherRelay) && (one, other) != (OtherRelay, Relayed);
        Validate(OverBoth, sentAt: 0, answeredAt: 20);
        Validate(OtherRelay, sentAt: 0, answeredAt: 50);

        _agent.Doubt(Silence, At(100));

        Assert.Equal(OtherRelay, _agent.Active.Endpoint);
    }

    private static UdpEndpoint SeenAt(int number) => Direct with { Port = (ushort)(20_000 + number) };

    private void HandleChallenges(int from, int count, double at)
    {
        for (var i = from; i < from + count; i++)
        {
            _agent.HandleChallenge(SeenAt(i), (ulong)(i + 1), At(at));
        }
    }

    private UdpEndpoint[] SeenEndpoints() => [.. _agent.Paths.Where(path => path.IsSeen).Select(path => path.Endpoint)];

    private static MonoTime At(double milliseconds) => new MonoTime(0) + TimeSpan.FromMilliseconds(milliseconds);

    private void Hear(UdpEndpoint from, PacketFreshness freshness, double at) =>
        _agent.HandleHeard(from, freshness, mayAnswer: true, Silence, At(at));

    /// <summary>The direct path answers two challenges, the last at 40 ms.</summary>
    private void Promote()
    {
        Validate(Direct, sentAt: 0, answeredAt: 20);
        Assert.Equal(Relayed, _agent.Active.Endpoint);
        Assert.True(_agent.HandleAnswer(Challenge(Direct, 20)!.Value, TimeSpan.FromMilliseconds(20), At(40)));
        Assert.Equal(Direct, _agent.Active.Endpoint);
    }

    private void Validate(UdpEndpoint endpoint, double sentAt, double answeredAt)
    {
        _agent.Offer([endpoint], At(sentAt));
        Assert.True(_agent.HandleAnswer(Challenge(endpoint, sentAt)!.Value, TimeSpan.FromMilliseconds(20), At(answeredAt)));
    }

    /// <summary>The challenge that goes to an endpoint at some time, null when none does.</summary>
    private ulong? Challenge(UdpEndpoint endpoint, double at)
    {
        ulong? found = null;
        while (_agent.PollChallenge(out var to, out var token, out _, At(at)))
        {
            found = to == endpoint ? token : found;
        }

        return found;
    }
}
