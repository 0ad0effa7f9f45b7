using System;
using System.Collections.Generic;
using System.Linq;
using CsCheck;
using MeshActors.Transport.Streams;
using Xunit;

namespace MeshActors.Transport.Tests.Streams;

public sealed class RangeSetTests
{
    private const int Offsets = 64;

    private static readonly Gen<(bool Add, int Start, int Length)> Change =
        Gen.Select(Gen.Bool, Gen.Int[0, Offsets - 1], Gen.Int[1, 12], (add, start, length) => (add, start, length));

    /// <summary>Compares with the plain model: one flag for each offset.</summary>
    [Fact]
    public void Agrees_with_one_flag_for_each_offset() =>
        Change.Array[0, 60].Sample(changes =>
        {
            var ranges = new RangeSet();
            var model = new bool[Offsets + 12];
            foreach (var (add, start, length) in changes)
            {
                if (add)
                {
                    ranges.Add(start, start + length);
                }
                else
                {
                    ranges.Remove(start, start + length);
                }

                model.AsSpan(start, length).Fill(add);
                Assert.Equal(Enumerable.Range(0, model.Length).Where(offset => model[offset]), ToOffsets(ranges));
                AssertSeparate(ranges);
                Assert.Equal(model.AsSpan(start, length).IndexOf(false) < 0, ranges.Covers(start, start + length));
            }
        });

    [Fact]
    public void Takes_the_lowest_offsets_first_and_never_across_a_gap()
    {
        var ranges = new RangeSet();
        ranges.Add(10, 20);
        ranges.Add(30, 35);

        Assert.Equal((10, 14), ranges.TakeFirst(4));
        Assert.Equal((14, 20), ranges.TakeFirst(100));
        Assert.Equal((30, 35), ranges.TakeFirst(100));
        Assert.True(ranges.IsEmpty);
    }

    private static List<int> ToOffsets(RangeSet ranges)
    {
        var offsets = new List<int>();
        for (var i = 0; i < ranges.Count; i++)
        {
            offsets.AddRange(Enumerable.Range((int)ranges[i].Start, (int)(ranges[i].End - ranges[i].Start)));
        }

        return offsets;
    }

    private static void AssertSeparate(RangeSet ranges)
    {
        for (var i = 1; i < ranges.Count; i++)
        {
            Assert.True(ranges[i].Start > ranges[i - 1].End);
        }
    }
}
