using System;
using MeshActors.Transport.Time;
using Xunit;

namespace MeshActors.Transport.Tests.Time;

public sealed class ClockTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    /// <summary>Timestamps of a system are nanoseconds, ticks or something else.</summary>
    [Theory]
    [InlineData(1_000_000_000)]
    [InlineData(TimeSpan.TicksPerSecond)]
    [InlineData(24_000_000)]
    public void Starts_at_zero_and_moves_with_its_provider(long timestampsPerSecond)
    {
        var provider = new SetTime
        {
            Wall = Start,
            Elapsed = TimeSpan.FromDays(7),
            Frequency = timestampsPerSecond,
        };
        var clock = new Clock(provider);

        Assert.Equal(new MonoTime(0), clock.Now);
        provider.Elapsed += TimeSpan.FromMilliseconds(1.5);
        provider.Wall += TimeSpan.FromMilliseconds(1.5);

        Assert.Equal(new MonoTime(15_000), clock.Now);
        Assert.Equal(Start.AddMilliseconds(1.5), clock.UtcNow);
        Assert.Same(provider, clock.Provider);
    }

    /// <summary>Wall time is set back by people and by NTP; deadlines must not notice.</summary>
    [Fact]
    public void A_step_of_wall_time_does_not_move_monotonic_time()
    {
        var provider = new SetTime { Wall = Start, Elapsed = TimeSpan.FromDays(7) };
        var clock = new Clock(provider);
        provider.Elapsed += TimeSpan.FromSeconds(1);

        provider.Wall = Start.AddDays(-1);

        Assert.Equal(TimeSpan.FromSeconds(1), clock.Now - new MonoTime(0));
        Assert.Equal(Start.AddDays(-1), clock.UtcNow);
    }

    /// <summary>A provider that says what it is told.</summary>
    private sealed class SetTime : TimeProvider
    {
        public DateTimeOffset Wall { get; set; }

        public TimeSpan Elapsed { get; set; }

        public long Frequency { get; init; } = TimeSpan.TicksPerSecond;

        public override long TimestampFrequency => Frequency;

        public override DateTimeOffset GetUtcNow() => Wall;

        public override long GetTimestamp() => (long)(Elapsed.Ticks * (decimal)Frequency / TimeSpan.TicksPerSecond);
    }
}
