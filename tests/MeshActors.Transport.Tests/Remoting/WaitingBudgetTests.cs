using MeshActors.Transport.Remoting;
using Xunit;

namespace MeshActors.Transport.Tests.Remoting;

public sealed class WaitingBudgetTests
{
    private const int Piece = 1024 * 1024;

    private readonly WaitingBudget<string> _budget = new();

    [Fact]
    public void An_association_in_which_more_waits_than_its_bound_must_end_and_then_has_nothing()
    {
        var count = Fill("a");

        Assert.Equal(WaitingBudget<string>.MostOfOne / (Piece + WaitingBudget<string>.OverheadBytes), count);
        Assert.Equal(count, Fill("a"));
    }

    [Fact]
    public void At_the_bound_of_the_node_the_one_in_which_most_waits_must_end_and_others_go_on()
    {
        var (most, ended) = (0L, string.Empty);
        Assert.Null(_budget.Add("little", 1));
        for (var count = 0; ended.Length == 0; count++)
        {
            ended = _budget.Add(count % 4 == 0 ? "most" : $"other{count % 5}", Piece) ?? string.Empty;
            most += Piece;
        }

        Assert.Equal("most", ended);
        Assert.InRange(most, WaitingBudget<string>.Most - Piece, WaitingBudget<string>.Most);
        Assert.Null(_budget.Add("little", Piece));
    }

    /// <summary>Tiny messages take more memory than they have bytes.</summary>
    [Fact]
    public void Every_message_counts_more_than_its_bytes()
    {
        var count = 1L;
        while (_budget.Add("a", 1) is null)
        {
            count++;
        }

        Assert.Equal((WaitingBudget<string>.MostOfOne / (1 + WaitingBudget<string>.OverheadBytes)) + 1, count);
    }

    [Fact]
    public void What_waits_no_more_makes_room()
    {
        for (var count = 0; count < 1_000; count++)
        {
            Assert.Null(_budget.Add("a", Piece));
            _budget.Remove("a", Piece);
        }

        _budget.RemoveAll("a");
        _budget.Remove("a", Piece);
        Assert.Equal(WaitingBudget<string>.MostOfOne / (Piece + WaitingBudget<string>.OverheadBytes), Fill("b"));
    }

    /// <returns>How many pieces there was room for.</returns>
    private long Fill(string owner)
    {
        var count = 0L;
        while (_budget.Add(owner, Piece) is not { } ended)
        {
            count++;
        }

        return count;
    }
}
