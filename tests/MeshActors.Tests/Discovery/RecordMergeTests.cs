using System.Linq;
using MeshActors.Discovery;
using Xunit;

namespace MeshActors.Tests.Discovery;

public sealed class RecordMergeTests
{
    [Fact]
    public void Is_complete_when_every_backbone_answered_or_will_not()
    {
        var merge = new RecordMerge(2);
        Assert.False(merge.IsComplete);
        merge.HandleSilence();
        Assert.False(merge.IsComplete);
        Assert.False(merge.IsAnswered);
        merge.HandleAnswer([], ["fx"]);
        Assert.True(merge.IsComplete);
        Assert.True(merge.IsAnswered);
        Assert.True(new RecordMerge(0).IsComplete);
    }

    [Fact]
    public void Of_one_nodes_records_the_newest_counts()
    {
        var merge = Merge(
            SomeNodes.Record(1, "fx") with { Sequence = 2, Region = "new" },
            SomeNodes.Record(1, "fx") with { Sequence = 1, Region = "old" },
            SomeNodes.Record(1, "fx") with { Sequence = 3, Region = "newest" });

        Assert.Equal("newest", Assert.Single(merge.ToMatches()).Record.Region);
    }

    [Fact]
    public void Equally_new_records_are_united()
    {
        var merge = Merge(
            SomeNodes.Record(1) with { Capabilities = [SomeNodes.Offer("fx"), SomeNodes.Offer("fx", "2.0")] },
            SomeNodes.Record(1) with { Capabilities = [SomeNodes.Offer("fx"), SomeNodes.Offer("fx", "3.0")] });

        Assert.Equal(
            ["1.0", "2.0", "3.0"],
            Assert.Single(merge.ToMatches()).Record.Capabilities.Select(offer => offer.Version.ToString()));
    }

    [Fact]
    public void Two_roots_with_one_address_are_both_left_out()
    {
        var merge = Merge(
            SomeNodes.Record(1, "fx"),
            SomeNodes.Record(2, "fx"),
            SomeNodes.Record(1, "fx") with { Peer = SomeNodes.Peer(root: 9, address: 1) });

        Assert.Equal(SomeNodes.Address(2), Assert.Single(merge.ToMatches()).Record.Peer.Address);
    }

    [Fact]
    public void Names_and_records_are_bounded()
    {
        var merge = new RecordMerge(2);
        merge.HandleAnswer([.. Enumerable.Range(0, 40).Select(Match)], ["a", "b"]);
        merge.HandleAnswer([.. Enumerable.Range(40, 40).Select(Match)], ["b", "c", "d"]);

        Assert.Equal(RecordLimits.MaxMatches, merge.ToMatches().Length);
        Assert.Equal<string>(["a", "b", "c"], merge.Similar);

        static RecordMatch Match(int number) => new(SomeNodes.Record(number, "fx"), 1);
    }

    private static RecordMerge Merge(params NodeRecord[] records)
    {
        var merge = new RecordMerge(records.Length);
        foreach (var record in records)
        {
            merge.HandleAnswer([new RecordMatch(record, 1)], []);
        }

        return merge;
    }
}
