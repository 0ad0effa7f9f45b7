using System.Collections.Generic;
using System.Linq;
using CsCheck;
using MeshActors.Transport.Wire;
using Xunit;

namespace MeshActors.Transport.Tests.Wire;

public sealed class AckRangesTests
{
    /// <summary>Compares with the plain model: a set of all numbers, and the bound as large as the numbers there are.</summary>
    [Fact]
    public void Agrees_with_a_set_of_numbers() =>
        Gen.ULong[0, 200].Array[0, 150].Sample(numbers =>
        {
            var ranges = new AckRanges(200);
            var model = new SortedSet<ulong>();
            foreach (var number in numbers)
            {
                Assert.Equal(model.Add(number), ranges.Add(number));
            }

            Assert.Equal(model, Numbers(ranges));
            AssertSeparate(ranges);
        });

    [Fact]
    public void Agrees_with_a_set_after_removing_the_lower_part() =>
        Gen.Select(Gen.ULong[0, 100].Array[0, 80], Gen.ULong[0, 110]).Sample((numbers, below) =>
        {
            var ranges = new AckRanges(100);
            foreach (var number in numbers)
            {
                ranges.Add(number);
            }

            ranges.RemoveBelow(below);

            Assert.Equal(numbers.Distinct().Where(number => number >= below).Order(), Numbers(ranges));
        });

    [Fact]
    public void Forgets_the_lowest_range_when_full()
    {
        var ranges = new AckRanges(2);

        Assert.True(ranges.Add(5));
        Assert.True(ranges.Add(9));
        Assert.True(ranges.Add(7));
        Assert.False(ranges.Add(1));

        Assert.Equal([7ul, 9ul], Numbers(ranges));
    }

    [Fact]
    public void Joins_two_ranges_when_the_gap_is_filled()
    {
        var ranges = new AckRanges(2);
        ranges.Add(5);
        ranges.Add(7);

        ranges.Add(6);

        Assert.Equal(new AckRange(5, 7), ranges[0]);
        Assert.Equal(1, ranges.Count);
        Assert.True(ranges.Contains(6));
        Assert.False(ranges.Contains(8));
    }

    private static List<ulong> Numbers(AckRanges ranges)
    {
        var numbers = new List<ulong>();
        for (var i = 0; i < ranges.Count; i++)
        {
            for (var number = ranges[i].Smallest; number <= ranges[i].Largest; number++)
            {
                numbers.Add(number);
            }
        }

        return numbers;
    }

    private static void AssertSeparate(AckRanges ranges)
    {
        for (var i = 1; i < ranges.Count; i++)
        {
            Assert.True(ranges[i].Smallest > ranges[i - 1].Largest + 1);
        }
    }
}
