using System;
using System.Collections.Generic;
using System.Linq;
using CsCheck;
using MeshActors.Backbone;
using MeshActors.Transport.Time;
using Xunit;

namespace MeshActors.Tests.Backbone;

public sealed class BeatHistoryTests
{
    private static readonly MonoTime Start = new(7);

    [Fact]
    public void Is_whole_at_the_start() => Assert.Equal(1, new BeatHistory(Start).Uptime(Start));

    [Fact]
    public void Beats_that_come_a_little_late_cost_nothing()
    {
        var history = new BeatHistory(Start);
        var now = Start;
        for (var i = 0; i < 10_000; i++)
        {
            now += TimeSpan.FromSeconds(i % 2 == 0 ? 31.5 : 28.7);
            history.HandleBeat(now);
        }

        Assert.Equal(1, history.Uptime(now + TimeSpan.FromSeconds(40)));
    }

    [Fact]
    public void Beating_faster_gains_nothing()
    {
        var history = new BeatHistory(Start);
        history.HandleBeat(Start + TimeSpan.FromHours(1));
        for (var i = 0; i < 100; i++)
        {
            history.HandleBeat(Start + TimeSpan.FromHours(1));
        }

        // One beat of 30 s in an hour.
        Assert.Equal(30.0 / 3_600, history.Uptime(Start + TimeSpan.FromHours(1)), 9);
    }

    [Fact]
    public void Silence_costs_from_the_last_beat_on()
    {
        var history = new BeatHistory(Start);
        var now = Start;
        for (var i = 0; i < 120; i++)
        {
            now += TimeSpan.FromSeconds(30);
            history.HandleBeat(now);
        }

        Assert.Equal(0.5, history.Uptime(now + TimeSpan.FromHours(1)), 9);
    }

    /// <summary>Compares with the plain model: a list of all beats.</summary>
    [Fact]
    public void Agrees_with_a_list_of_all_beats()
    {
        var gap = Gen.OneOf(Gen.Int[1, 60], Gen.Int[60, 90_000], Gen.Int[90_000, 4_000_000]);
        gap.Array[0, 60].Sample(gaps =>
        {
            var history = new BeatHistory(Start);
            var beats = new List<MonoTime> { Start };
            foreach (var seconds in gaps)
            {
                beats.Add(beats[^1] + TimeSpan.FromSeconds(seconds));
                history.HandleBeat(beats[^1]);
            }

            foreach (var silence in (int[])[0, 40, 50, 100_000, 3_000_000])
            {
                var now = beats[^1] + TimeSpan.FromSeconds(silence);
                Assert.Equal(Model(beats, now), history.Uptime(now), 9);
            }
        });
    }

    private static double Model(List<MonoTime> beats, MonoTime now)
    {
        var end = now - beats[^1] <= TimeSpan.FromSeconds(45) ? beats[^1] : now;
        var firstDay = Math.Max(0, (end - Start).Days - 30);
        var seen = beats.Zip(beats.Skip(1))
            .Where(pair => (pair.Second - Start).Days >= firstDay)
            .Sum(pair => Math.Min((pair.Second - pair.First).TotalSeconds, double.MaxValue) is var gap && gap <= 45
                ? gap
                : 30);
        var expected = (end - Start).TotalSeconds - (firstDay * 86_400.0);
        return expected <= 0 ? 1 : Math.Min(1, seen / expected);
    }
}
