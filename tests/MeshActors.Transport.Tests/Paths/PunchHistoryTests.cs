using System;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Paths;
using MeshActors.Transport.Time;
using MeshActors.Transport.Wire;
using Xunit;

namespace MeshActors.Transport.Tests.Paths;

public sealed class PunchHistoryTests
{
    private static readonly MonoTime Start = new(0);
    private static readonly PunchPorts One = new(PunchPattern.Fixed, At(4, 7_400));
    private static readonly PunchPorts Counter = new(PunchPattern.Counting, At(3, 4_000), Step: 1);
    private static readonly PunchPorts Any = PunchPlan.AnyPort(At(3, 4_000));

    private readonly PunchHistory _history = new();

    [Fact]
    public void A_counter_is_looked_at_twice_and_then_taken_for_a_block()
    {
        Assert.Equal(PunchTechnique.Predicted, Next(One, Counter));
        Fail(PunchTechnique.Predicted);
        Assert.Equal(PunchTechnique.Predicted, Next(One, Counter));
        Fail(PunchTechnique.Predicted);
        Assert.Equal(PunchTechnique.Birthday, Next(One, Counter));
        Fail(PunchTechnique.Birthday);
        Assert.Null(Next(One, Counter));
    }

    [Fact]
    public void Two_counters_have_nothing_after_that()
    {
        Fail(PunchTechnique.Predicted);
        Next(Counter, Counter);
        Fail(PunchTechnique.Predicted);
        Fail(PunchTechnique.Predicted);

        Assert.Null(Next(Counter, Counter));
    }

    [Fact]
    public void A_birthday_has_one_turn()
    {
        Assert.Equal(PunchTechnique.Birthday, Next(One, Any));
        Fail(PunchTechnique.Birthday);
        Assert.Null(Next(One, Any));
        Assert.Equal((PunchOutcome.NothingCame, PunchTechnique.Birthday), (_history.Outcome, _history.Technique));
    }

    [Fact]
    public void What_was_tried_with_few_ports_has_another_turn_once_more_is_known()
    {
        Next(One with { MostTries = 300 }, Any);
        Fail(PunchTechnique.Birthday);

        Assert.Null(Next(One with { MostTries = 300 }, Any));
        Assert.Equal(PunchTechnique.Birthday, Next(One, Any));
    }

    [Fact]
    public void Another_port_is_no_other_evidence_and_another_address_is()
    {
        Next(One, Any);
        Fail(PunchTechnique.Birthday);

        Assert.Null(Next(One, Any with { Endpoint = At(3, 4_001) }));
        Assert.Equal(PunchTechnique.Birthday, Next(One, Any with { Endpoint = At(9, 4_001) }));
    }

    [Fact]
    public void What_was_found_may_be_found_again()
    {
        Next(One, Any);
        _history.HandleFound(PunchTechnique.Birthday);

        Assert.Equal(PunchTechnique.Birthday, Next(One, Any));
    }

    [Fact]
    public void A_refusal_ends_a_technique()
    {
        Next(One, Counter);
        _history.HandleFailed(PunchTechnique.Predicted, PunchOutcome.Refused, isUseless: true);

        Assert.Equal(PunchTechnique.Birthday, Next(One, Counter));
    }

    [Fact]
    public void Nothing_is_tried_at_random_where_that_is_switched_off() =>
        Assert.Null(_history.Next(One, Any, withBirthdays: false));

    [Fact]
    public void Who_proposes_again_and_again_is_answered_three_times_in_twenty_seconds()
    {
        for (var i = 0; i < PunchHistory.MostAnswers; i++)
        {
            Assert.True(_history.TryAnswer(Start));
        }

        Assert.False(_history.TryAnswer(Start + PunchHistory.AnswerSpan));
        Assert.True(_history.TryAnswer(Start + PunchHistory.AnswerSpan + TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void Two_birthdays_at_an_address_are_all_for_ten_minutes()
    {
        var budget = new PunchBudget();
        var now = Start;
        for (var i = 0; i < PunchBudget.MostAtAddress; i++)
        {
            Assert.True(budget.NextAt <= now && budget.Allows(1, now));
            budget.Take(1, isUnproven: false, now);
            Assert.Equal(now + PunchBudget.Interval, budget.NextAt);
            now = budget.NextAt;
        }

        Assert.False(budget.Allows(1, now));
        Assert.True(budget.Allows(2, now));
        Assert.True(budget.Allows(1, Start + PunchBudget.Span + TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void Who_may_have_used_up_ports_of_its_own_waits_until_they_are_free()
    {
        var budget = new PunchBudget();

        budget.Take(1, isUnproven: true, Start);

        Assert.Equal(Start + PunchBudget.UnprovenInterval, budget.NextAt);
    }

    [Fact]
    public void A_hit_makes_good_for_what_was_tried()
    {
        var budget = new PunchBudget();
        budget.Take(1, isUnproven: false, Start);
        budget.Take(1, isUnproven: false, Start);
        budget.HandleHit(1);

        Assert.True(budget.Allows(1, Start));
    }

    [Fact]
    public void Addresses_beyond_the_bound_are_not_aimed_at()
    {
        var budget = new PunchBudget();
        for (var i = 0u; i < 256; i++)
        {
            budget.Take(i, isUnproven: false, Start);
        }

        Assert.False(budget.Allows(999, Start));
        Assert.True(budget.Allows(999, Start + PunchBudget.Span + TimeSpan.FromSeconds(1)));
    }

    private static UdpEndpoint At(uint host, ushort port) => new(UdpEndpoint.MappedPrefix | (0x2D00_0000u + host), port);

    private PunchTechnique? Next(in PunchPorts own, in PunchPorts peer) => _history.Next(own, peer, withBirthdays: true);

    private void Fail(PunchTechnique technique) =>
        _history.HandleFailed(technique, PunchOutcome.NothingCame, isUseless: false);
}
