using System;
using System.Linq;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Relay;
using MeshActors.Transport.Time;
using Xunit;

namespace MeshActors.Transport.Tests.Relay;

public sealed class HomeRelayTests
{
    private static readonly MeshAddress A = new(0, 1);
    private static readonly MeshAddress B = new(0, 2);
    private static readonly MeshAddress C = new(0, 3);

    private readonly HomeRelay _choice = new();
    private MonoTime _now = TestRelay.Start;

    public HomeRelayTests()
    {
        _choice.SetCandidates([new(A, "eu"), new(B, "eu"), new(C, "us")], _now);
    }

    [Fact]
    public void The_nearest_is_home_and_the_second_is_of_another_failure_domain()
    {
        Measure(A, 20, times: 200);
        Measure(B, 25, times: 200);
        Measure(C, 90, times: 200);

        Assert.Equal((A, C), (_choice.Home, _choice.Second));
        Assert.Null(_choice.NextTimeout);
    }

    [Fact]
    public void One_that_is_a_little_better_never_takes_over()
    {
        Measure(A, 40);
        Measure(B, 31);
        _now += TimeSpan.FromHours(1);
        _choice.HandleTimeout(_now);
        Measure(B, 31);

        Assert.Equal(A, _choice.Home);
    }

    [Fact]
    public void One_that_is_much_better_takes_over_after_half_a_minute_and_not_before()
    {
        Measure(A, 40);
        Measure(B, 30);
        Assert.Equal(_now + TimeSpan.FromSeconds(30), _choice.NextTimeout);
        _now += TimeSpan.FromSeconds(29.9);
        _choice.HandleTimeout(_now);
        Measure(B, 30);
        Assert.Equal(A, _choice.Home);

        _now += TimeSpan.FromSeconds(0.1);
        _choice.HandleTimeout(_now);
        Assert.Equal(B, _choice.Home);
        Assert.Null(_choice.NextTimeout);
    }

    [Fact]
    public void A_break_in_being_better_begins_the_wait_anew()
    {
        Measure(A, 40);
        Measure(B, 30);
        _now += TimeSpan.FromSeconds(20);
        Measure(B, 40, times: 20);
        Measure(B, 20, times: 40);
        Assert.True(_choice.NextTimeout > TestRelay.Start + TimeSpan.FromSeconds(45));
        _now = TestRelay.Start + TimeSpan.FromSeconds(31);
        _choice.HandleTimeout(_now);

        Assert.Equal(A, _choice.Home);
    }

    [Fact]
    public void A_home_that_is_lost_is_replaced_at_once_by_the_second()
    {
        Measure(A, 20);
        Measure(B, 25);
        Measure(C, 90);
        _choice.HandleLost(A, _now);

        Assert.Equal((C, B), (_choice.Home, _choice.Second));
        Assert.Null(_choice.RoundTripOf(A));
    }

    [Fact]
    public void A_lost_one_that_answers_again_is_measured_anew_and_waits_like_any_other()
    {
        Measure(A, 20);
        Measure(C, 90);
        _choice.HandleLost(A, _now);
        Measure(A, 20);

        Assert.Equal(TimeSpan.FromMilliseconds(20), _choice.RoundTripOf(A));
        Assert.Equal((C, A), (_choice.Home, _choice.Second));
        _now += TimeSpan.FromSeconds(30);
        _choice.HandleTimeout(_now);
        Assert.Equal((A, C), (_choice.Home, _choice.Second));
    }

    [Fact]
    public void When_all_others_are_lost_the_second_may_share_the_domain()
    {
        Measure(A, 20);
        Measure(B, 25);
        Measure(C, 90);
        _choice.HandleLost(C, _now);
        Assert.Equal((A, B), (_choice.Home, _choice.Second));

        Measure(C, 95);
        Assert.Equal((A, C), (_choice.Home, _choice.Second));
    }

    [Fact]
    public void When_all_are_lost_one_is_still_named()
    {
        foreach (var relay in new[] { A, B, C })
        {
            _choice.HandleLost(relay, _now);
        }

        Assert.NotNull(_choice.Home);
        Assert.NotNull(_choice.Second);
        Assert.NotEqual(_choice.Home, _choice.Second);
    }

    [Fact]
    public void Candidates_that_are_named_no_longer_are_left()
    {
        Measure(A, 20);
        Measure(C, 90);
        _choice.SetCandidates([new(B, "eu")], _now);
        Assert.Equal(((MeshAddress?)B, null), (_choice.Home, _choice.Second));
        _choice.SetCandidates([], _now);
        Assert.Null(_choice.Home);
    }

    [Fact]
    public void No_more_than_32_candidates_are_looked_at()
    {
        _choice.SetCandidates([.. Enumerable.Range(1, 40).Select(number => new RelayCandidate(new MeshAddress(0, (ulong)number), ""))], _now);
        _choice.HandleRoundTrip(new MeshAddress(0, 40), TimeSpan.FromMilliseconds(1), _now);

        Assert.Null(_choice.RoundTripOf(new MeshAddress(0, 40)));
    }

    private void Measure(MeshAddress relay, int milliseconds, int times = 1)
    {
        for (var i = 0; i < times; i++)
        {
            _choice.HandleRoundTrip(relay, TimeSpan.FromMilliseconds(milliseconds), _now);
        }
    }
}
