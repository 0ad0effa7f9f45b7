using System;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Paths;
using MeshActors.Transport.Time;
using Xunit;

namespace MeshActors.Transport.Tests.Paths;

public sealed class DirectRetryTests
{
    private static readonly MonoTime Start = new(0);

    private readonly DirectRetry _retry = new(new SimRandom(1));

    [Fact]
    public void Nothing_is_due_while_the_path_in_use_is_direct()
    {
        _retry.HandlePath(PathKind.Direct, Start);

        Assert.Null(_retry.NextTimeout);
        Assert.False(_retry.TryTake(Start + TimeSpan.FromHours(1)));
    }

    [Fact]
    public void The_first_turn_comes_after_40_to_55_seconds()
    {
        _retry.HandlePath(PathKind.Relayed, Start);

        AssertWaits(DirectRetry.First, Start);
        Assert.False(_retry.TryTake(Start + DirectRetry.First - TimeSpan.FromTicks(1)));
        Assert.True(_retry.TryTake(_retry.NextTimeout!.Value));
    }

    [Fact]
    public void While_nothing_changes_three_turns_come_soon_and_then_each_wait_is_twice_as_long_up_to_ten_minutes()
    {
        _retry.HandlePath(PathKind.Relayed, Start);

        foreach (var minutes in (double[])[2 / 3.0, 2 / 3.0, 4 / 3.0, 8 / 3.0, 16 / 3.0, 10, 10])
        {
            var now = _retry.NextTimeout!.Value;
            Assert.True(_retry.TryTake(now));
            AssertWaits(TimeSpan.FromMinutes(minutes), now);
        }
    }

    [Fact]
    public void A_turn_that_the_peer_began_counts_for_both()
    {
        _retry.HandlePath(PathKind.Relayed, Start);
        Assert.True(_retry.TryTake(_retry.NextTimeout!.Value));

        _retry.HandleTold(Start);
        AssertWaits(DirectRetry.First, Start);

        _retry.HandleTold(Start);
        AssertWaits(2 * DirectRetry.First, Start);
    }

    [Fact]
    public void A_change_at_either_side_begins_anew_with_the_shortest_wait()
    {
        _retry.HandlePath(PathKind.Relayed, Start);
        _retry.HandleTold(Start);
        _retry.HandleTold(Start);
        _retry.HandleTold(Start);

        _retry.HandleChanged(Start);

        AssertWaits(DirectRetry.First, Start);
    }

    [Fact]
    public void Another_relay_in_use_does_not_put_a_turn_off_and_a_direct_path_ends_them()
    {
        _retry.HandlePath(PathKind.Relayed, Start);
        var due = _retry.NextTimeout;

        _retry.HandlePath(PathKind.Relayed, Start + TimeSpan.FromSeconds(30));
        Assert.Equal(due, _retry.NextTimeout);

        _retry.HandlePath(PathKind.Direct, Start + TimeSpan.FromSeconds(31));
        _retry.HandleTold(Start);
        _retry.HandleChanged(Start);
        Assert.Null(_retry.NextTimeout);
    }

    private void AssertWaits(TimeSpan least, MonoTime now) =>
        Assert.InRange((_retry.NextTimeout!.Value - now).TotalSeconds, least.TotalSeconds - 1e-6, (least.TotalSeconds * (1 + DirectRetry.Spread)) + 1e-6);
}
