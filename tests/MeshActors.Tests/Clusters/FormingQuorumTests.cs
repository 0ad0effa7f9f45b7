using System;
using System.Collections.Immutable;
using System.Linq;
using Akka.Actor;
using MeshActors.Clusters;
using MeshActors.Transport.Time;
using Xunit;

namespace MeshActors.Tests.Clusters;

public sealed class FormingQuorumTests
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(300);

    private MonoTime _now = new(TimeSpan.TicksPerHour);

    [Fact]
    public void A_seed_without_others_forms_a_cluster_by_itself()
    {
        Assert.True(FormsWithin(new FormingQuorum([]), () => { }));
    }

    [Fact]
    public void A_seed_that_nobody_answers_never_forms_one()
    {
        Assert.False(FormsWithin(new FormingQuorum(Seeds(2)), () => { }));
    }

    [Theory]
    [InlineData(1, 1, true)]
    [InlineData(2, 1, true)]
    [InlineData(3, 1, false)]
    [InlineData(3, 2, true)]
    [InlineData(4, 1, false)]
    [InlineData(4, 2, true)]
    public void More_than_half_of_the_seeds_must_wait(int others, int waiting, bool forms)
    {
        var seeds = Seeds(others);
        var quorum = new FormingQuorum(seeds);

        Assert.Equal(forms, FormsWithin(quorum, () =>
        {
            foreach (var seed in seeds.Take(waiting))
            {
                quorum.HandleAnswer(seed, waits: true, _now);
            }
        }));
    }

    [Fact]
    public void Nobody_forms_beside_a_seed_that_is_a_member()
    {
        var seeds = Seeds(4);
        var quorum = new FormingQuorum(seeds);

        Assert.False(FormsWithin(quorum, () =>
        {
            foreach (var seed in seeds)
            {
                quorum.HandleAnswer(seed, waits: seed != seeds[3], _now);
            }
        }));
    }

    [Fact]
    public void A_majority_that_was_there_once_is_none_when_it_falls_silent()
    {
        var seeds = Seeds(2);
        var quorum = new FormingQuorum(seeds);
        quorum.HandleAnswer(seeds[0], waits: true, _now);
        Assert.False(quorum.MayForm(_now));

        _now += FormingQuorum.Freshness + Moment;

        Assert.False(quorum.MayForm(_now));
        quorum.HandleAnswer(seeds[0], waits: true, _now);
        Assert.False(quorum.MayForm(_now));
    }

    [Fact]
    public void What_others_than_seeds_answer_counts_for_nothing()
    {
        var quorum = new FormingQuorum(Seeds(2));
        var stranger = new Address("akka.mesh", "fleet", "10.9.9.9", 1);

        Assert.False(FormsWithin(quorum, () => quorum.HandleAnswer(stranger, waits: true, _now)));
    }

    private static ImmutableArray<Address> Seeds(int count) =>
        [.. Enumerable.Range(1, count).Select(index => new Address("akka.mesh", "fleet", $"10.0.0.{index}", 4053))];

    /// <summary>Asks for a minute, after each round of answers.</summary>
    private bool FormsWithin(FormingQuorum quorum, Action answers)
    {
        for (var round = 0; round < 200; round++)
        {
            answers();
            if (quorum.MayForm(_now))
            {
                return true;
            }

            _now += Moment;
        }

        return false;
    }
}
