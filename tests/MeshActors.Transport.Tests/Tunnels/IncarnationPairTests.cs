using System;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Time;
using MeshActors.Transport.Tunnels;
using Xunit;

namespace MeshActors.Transport.Tests.Tunnels;

public sealed class IncarnationPairTests
{
    private static readonly MonoTime Start = new(0);

    private readonly Counting _random = new();

    [Fact]
    public void The_first_session_continues_what_was_queued_before_it()
    {
        var pair = new IncarnationPair(_random);

        Assert.True(pair.Adopt(pair.Own, peer: 77));
        Assert.Equal(77ul, pair.Peer);
    }

    [Fact]
    public void A_session_with_the_same_pair_continues()
    {
        var pair = new IncarnationPair(_random);
        pair.Adopt(pair.Own, peer: 77);

        Assert.Equal(pair.Own, pair.OfferTo(77, Start));
        Assert.True(pair.Adopt(pair.Own, peer: 77));
    }

    [Fact]
    public void A_restarted_initiator_is_offered_a_fresh_value_and_the_state_ends_when_it_confirms()
    {
        var pair = new IncarnationPair(_random);
        pair.Adopt(pair.Own, peer: 77);
        var before = pair.Own;

        var offered = pair.OfferTo(78, Start);

        Assert.NotEqual(before, offered);
        Assert.Equal(before, pair.Own);
        Assert.False(pair.Adopt(offered, peer: 78));
        Assert.Equal(offered, pair.Own);
    }

    [Fact]
    public void Further_attempts_of_one_initiator_are_offered_the_same_value_while_an_earlier_one_may_still_be_confirmed()
    {
        var pair = new IncarnationPair(_random);
        pair.Adopt(pair.Own, peer: 77);

        var first = pair.OfferTo(78, Start);
        var second = pair.OfferTo(78, Start + TimeSpan.FromSeconds(9));
        var third = pair.OfferTo(78, Start + TimeSpan.FromSeconds(30));

        Assert.Equal(first, second);
        Assert.NotEqual(first, third);
    }

    [Fact]
    public void A_peer_that_answers_with_another_value_has_forgotten_the_state()
    {
        var pair = new IncarnationPair(_random);
        pair.Adopt(pair.Own, peer: 77);

        Assert.False(pair.Adopt(pair.Own, peer: 99));
    }

    [Fact]
    public void A_state_that_was_left_is_given_up_for_good()
    {
        var pair = new IncarnationPair(_random);
        var own = pair.Own;
        pair.Adopt(own, peer: 77);
        Assert.False(pair.IsGivenUp(own, 77));

        pair.Adopt(own, peer: 78);
        Assert.True(pair.IsGivenUp(own, 77));
        Assert.False(pair.IsGivenUp(own, 78));

        pair.Renew();
        Assert.True(pair.IsGivenUp(own, 78));
        Assert.NotEqual(own, pair.Own);
        Assert.Null(pair.Peer);
    }

    private sealed class Counting : IRandomSource
    {
        private byte _next;

        public void Fill(Span<byte> destination) => destination.Fill(++_next);
    }
}
