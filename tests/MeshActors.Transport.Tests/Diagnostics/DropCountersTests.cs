using System;
using System.Linq;
using MeshActors.Transport.Diagnostics;
using Xunit;

namespace MeshActors.Transport.Tests.Diagnostics;

public sealed class DropCountersTests
{
    [Fact]
    public void Counts_each_reason_by_itself()
    {
        var counters = new DropCounters();

        foreach (var reason in Enum.GetValues<DropReason>())
        {
            for (var i = 0; i <= (int)reason; i++)
            {
                counters.Dropped(reason);
            }
        }

        Assert.All(Enum.GetValues<DropReason>(), reason => Assert.Equal((int)reason + 1, counters[reason]));
    }

    [Fact]
    public void A_snapshot_holds_what_happened_and_nothing_else()
    {
        var counters = new DropCounters();
        Assert.Empty(counters.Snapshot());

        counters.Dropped(DropReason.Replayed);
        counters.Dropped(DropReason.BadMac);
        counters.Dropped(DropReason.Replayed);

        Assert.Equal([(DropReason.BadMac, 1L), (DropReason.Replayed, 2L)], counters.Snapshot().ToArray());
    }
}
