using System;
using MeshActors.Transport.Congestion;
using MeshActors.Transport.Time;
using Xunit;

namespace MeshActors.Transport.Tests.Congestion;

public sealed class PacerTests
{
    [Theory]
    [InlineData(125_000)]
    [InlineData(12_500_000)]
    [InlineData(1_250_000_000)]
    public void What_leaves_in_a_second_is_the_rate_and_a_burst(double rate)
    {
        var sent = SendFor(rate, TimeSpan.Zero, out var largestGroup);

        var burst = Math.Max(Pacer.LeastBurstBytes, rate * 0.002);
        Assert.InRange(sent, rate * 0.99, rate + burst + 1_200);
        Assert.InRange(largestGroup, 1_200, burst + 2_400);
    }

    [Theory]
    [InlineData(12_500_000)]
    [InlineData(1_250_000_000)]
    public void Wake_ups_that_come_a_millisecond_late_cost_no_rate(double rate)
    {
        var sent = SendFor(rate, TimeSpan.FromMilliseconds(1), out _);

        Assert.InRange(sent, rate * 0.99, rate * 1.01);
    }

    private static long SendFor(double rate, TimeSpan late, out long largestGroup)
    {
        var start = new MonoTime(0);
        var pacer = new Pacer(start);
        var sent = 0L;
        var group = 0L;
        largestGroup = 0;
        for (var now = start; now < start + TimeSpan.FromSeconds(1);)
        {
            var next = pacer.NextSend(rate, now);
            if (next > now)
            {
                now = next + late;
                group = 0;
                continue;
            }

            pacer.HandleSent(1_200);
            sent += 1_200;
            group += 1_200;
            largestGroup = Math.Max(largestGroup, group);
        }

        return sent;
    }
}
