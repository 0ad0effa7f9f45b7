using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using CsCheck;
using MeshActors.Transport.Chance;
using Xunit;

namespace MeshActors.Transport.Tests.Chance;

public sealed class RandomSourceTests
{
    [Fact]
    public void Numbers_below_a_limit_stay_below_it() =>
        Gen.Select(Gen.ULong, Gen.Int[1, int.MaxValue]).Sample((bits, limit) =>
            new Fixed(bits).Below(limit) is var number && number >= 0 && number < limit);

    [Fact]
    public void All_numbers_below_a_limit_come_up_equally_often()
    {
        var counts = new int[10];
        for (var i = 0; i < 10_000; i++)
        {
            counts[SystemRandomSource.Instance.Below(counts.Length)]++;
        }

        // 1,000 each is expected with a standard deviation of 30; outside 8 of them is no accident.
        Assert.All(counts, count => Assert.InRange(count, 760, 1_240));
    }

    [Theory]
    [InlineData(0ul, 0.0)]
    [InlineData(1ul << 63, 0.5)]
    [InlineData(3ul << 62, 0.75)]
    public void Fractions_are_the_upper_bits(ulong bits, double fraction) =>
        Assert.Equal(fraction, new Fixed(bits).NextDouble());

    [Fact]
    public void The_largest_fraction_is_less_than_one() =>
        Assert.InRange(new Fixed(ulong.MaxValue).NextDouble(), 0.9999999, 0.99999999999999999 - double.Epsilon);

    [Fact]
    public void Nothing_is_below_a_limit_of_zero() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Fixed(0).Below(0));

    [Fact]
    public void The_system_does_not_repeat_itself()
    {
        var seen = new HashSet<ulong>();
        for (var i = 0; i < 1_000; i++)
        {
            Assert.True(seen.Add(SystemRandomSource.Instance.NextUInt64()));
        }
    }

    /// <summary>A source that knows one number.</summary>
    private sealed class Fixed(ulong bits) : IRandomSource
    {
        public void Fill(Span<byte> destination) => BinaryPrimitives.WriteUInt64BigEndian(destination, bits);
    }
}
