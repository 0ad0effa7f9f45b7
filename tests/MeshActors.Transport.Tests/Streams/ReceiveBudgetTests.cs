using MeshActors.Transport.Streams;
using Xunit;

namespace MeshActors.Transport.Tests.Streams;

public sealed class ReceiveBudgetTests
{
    private readonly ReceiveBudget _budget = new(100);

    [Fact]
    public void Grants_while_there_is_enough_left()
    {
        var (first, second) = (NewStream(0), NewStream(1));
        _budget.Ask(first, 60);
        _budget.Ask(second, 60);

        Assert.True(_budget.TryGrantNext(out var granted));
        Assert.Same(first, granted);
        Assert.False(_budget.TryGrantNext(out _));
        Assert.Equal((60, 0, 40), (first.Receive.Grants.Bytes, second.Receive.Grants.Bytes, _budget.Left));
    }

    [Fact]
    public void Nobody_passes_the_first_who_waits()
    {
        var (first, second, third) = (NewStream(0), NewStream(1), NewStream(2));
        _budget.Ask(first, 60);
        _budget.TryGrantNext(out _);
        _budget.Ask(second, 60);
        _budget.Ask(third, 10);
        Assert.False(_budget.TryGrantNext(out _));

        _budget.Return(first, 60);

        Assert.True(_budget.TryGrantNext(out var granted));
        Assert.Same(second, granted);
        Assert.True(_budget.TryGrantNext(out granted));
        Assert.Same(third, granted);
        Assert.Equal(30, _budget.Left);
    }

    [Fact]
    public void A_stream_that_ends_gives_back_what_it_had_and_its_place()
    {
        var (first, second, third) = (NewStream(0), NewStream(1), NewStream(2));
        _budget.Ask(first, 80);
        _budget.TryGrantNext(out _);
        _budget.Ask(second, 80);
        _budget.Ask(third, 90);

        _budget.ReturnAll(second);
        _budget.ReturnAll(first);

        Assert.True(_budget.TryGrantNext(out var granted));
        Assert.Same(third, granted);
        Assert.Equal((10, 0), (_budget.Left, _budget.Waiting));
    }

    [Fact]
    public void Asking_twice_asks_once()
    {
        var stream = NewStream(0);
        _budget.Ask(stream, 60);
        _budget.Ask(stream, 60);

        Assert.Equal(1, _budget.Waiting);
    }

    private static StreamState NewStream(long number) =>
        new(StreamId.From(StreamLane.Streams, 0, number), StreamLimits.InitialStreamCredit);
}
