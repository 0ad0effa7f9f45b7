using System;
using CsCheck;
using MeshActors.Transport.Time;
using Xunit;

namespace MeshActors.Transport.Tests.Time;

public sealed class MonoTimeTests
{
    private static readonly Gen<MonoTime> Times =
        Gen.Long[0, TimeSpan.FromDays(3_650).Ticks].Select(ticks => new MonoTime(ticks));

    private static readonly Gen<TimeSpan> Spans =
        Gen.Long[-TimeSpan.FromDays(30).Ticks, TimeSpan.FromDays(30).Ticks].Select(ticks => new TimeSpan(ticks));

    [Fact]
    public void A_span_added_is_the_difference_of_the_two_points() =>
        Gen.Select(Times, Spans).Sample((time, span) =>
            (time + span) - time == span && (time + span) - span == time);

    [Fact]
    public void Order_is_the_order_of_ticks() =>
        Gen.Select(Times, Times).Sample((a, b) =>
            (a < b) == (a.Ticks < b.Ticks)
            && (a > b) == (a.Ticks > b.Ticks)
            && (a <= b) == (a.Ticks <= b.Ticks)
            && (a >= b) == (a.Ticks >= b.Ticks)
            && Math.Sign(a.CompareTo(b)) == Math.Sign(a.Ticks.CompareTo(b.Ticks)));

    [Fact]
    public void Earliest_takes_null_for_no_deadline()
    {
        var early = new MonoTime(1);
        var late = new MonoTime(2);

        Assert.Null(MonoTime.Earliest(null, null));
        Assert.Equal(early, MonoTime.Earliest(early, null));
        Assert.Equal(early, MonoTime.Earliest(null, early));
        Assert.Equal(early, MonoTime.Earliest(late, early));
        Assert.Equal(early, MonoTime.Earliest(early, late));
    }

    [Fact]
    public void Latest_takes_the_later_point() =>
        Gen.Select(Times, Times).Sample((a, b) => MonoTime.Latest(a, b).Ticks == Math.Max(a.Ticks, b.Ticks));

    [Fact]
    public void Never_is_later_than_every_point() =>
        Times.Sample(time => time < MonoTime.Never);

    [Theory]
    [InlineData(0, "0.0000000")]
    [InlineData(1, "0.0000001")]
    [InlineData(12_345_678, "1.2345678")]
    [InlineData(864_000_000_000, "86400.0000000")]
    public void Prints_seconds_with_seven_decimals(long ticks, string text) =>
        Assert.Equal(text, new MonoTime(ticks).ToString());
}
