using System;
using CsCheck;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Time;
using Xunit;

namespace MeshActors.Transport.Tests.Time;

public sealed class BackoffTests
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Largest = TimeSpan.FromSeconds(1);

    [Fact]
    public void Doubles_up_to_the_largest_when_chance_takes_nothing_away()
    {
        var backoff = new Backoff(First, Largest, new Constant(0x00));

        foreach (var expectedMs in (int[])[100, 200, 400, 800, 1_000, 1_000])
        {
            Assert.Equal(TimeSpan.FromMilliseconds(expectedMs), backoff.Next());
        }

        Assert.Equal(6, backoff.Attempts);
    }

    [Fact]
    public void Chance_takes_away_half_at_most()
    {
        var backoff = new Backoff(First, Largest, new Constant(0xFF));

        Assert.InRange(backoff.Next(), TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(50.001));
        Assert.InRange(backoff.Next(), TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(100.001));
    }

    [Fact]
    public void Stays_within_its_bounds_however_often_it_fails() =>
        Gen.Select(Gen.Int[1, 10_000], Gen.Int[1, 1_000], Gen.Byte, Gen.Int[1, 200]).Sample((firstMs, factor, chance, failures) =>
        {
            var first = TimeSpan.FromMilliseconds(firstMs);
            var largest = first * factor;
            var backoff = new Backoff(first, largest, new Constant(chance));
            for (var i = 0; i < failures; i++)
            {
                var delay = backoff.Next();
                if (delay < first / 2 || delay > largest)
                {
                    return false;
                }
            }

            return backoff.Attempts == failures;
        });

    [Fact]
    public void Starts_again_after_a_reset()
    {
        var backoff = new Backoff(First, Largest, new Constant(0x00));
        backoff.Next();
        backoff.Next();

        backoff.Reset();

        Assert.Equal(0, backoff.Attempts);
        Assert.Equal(First, backoff.Next());
    }

    [Fact]
    public void Refuses_delays_that_make_no_sense()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Backoff(TimeSpan.Zero, Largest, new Constant(0)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Backoff(Largest, First, new Constant(0)));
    }

    /// <summary>A source whose bytes are all the same.</summary>
    private sealed class Constant(byte value) : IRandomSource
    {
        public void Fill(Span<byte> destination) => destination.Fill(value);
    }
}
