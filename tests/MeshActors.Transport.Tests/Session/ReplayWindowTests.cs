using System.Collections.Generic;
using System.Linq;
using CsCheck;
using MeshActors.Transport.Session;
using Xunit;

namespace MeshActors.Transport.Tests.Session;

public sealed class ReplayWindowTests
{
    /// <summary>Small steps, jumps within the window, to its edge, and beyond it.</summary>
    private static readonly Gen<ulong> Numbers = Gen.OneOf(
        Gen.ULong[0, 130],
        Gen.ULong[ReplayWindow.Size, ReplayWindow.Size + 130],
        Gen.ULong[0, 20_000],
        Gen.ULong[1ul << 31, (1ul << 31) + 20_000]);

    [Fact]
    public void Agrees_with_a_set_of_all_numbers_seen() =>
        Numbers.Array[0, 400].Sample(numbers =>
        {
            var window = new ReplayWindow();
            var seen = new HashSet<ulong>();

            foreach (var number in numbers)
            {
                var tooOld = seen.Count > 0 && seen.Max() >= number + ReplayWindow.Size;
                if (window.IsTooOld(number) != tooOld
                    || (!tooOld && window.IsSeen(number) != seen.Contains(number)))
                {
                    return false;
                }

                if (window.MayAccept(number))
                {
                    window.Mark(number);
                    seen.Add(number);
                }
            }

            return window.Next == (seen.Count == 0 ? 0 : seen.Max() + 1);
        });

    /// <summary>The lowest and the highest word of the window hold different numbers, though their bits are the same.</summary>
    [Fact]
    public void A_number_is_not_taken_for_the_one_a_window_below_it()
    {
        var window = new ReplayWindow();
        window.Mark(ReplayWindow.Size + 31);
        window.Mark(40);
        window.Mark(ReplayWindow.Size + 50);

        Assert.True(window.MayAccept(ReplayWindow.Size + 40));
    }

    [Fact]
    public void Every_number_of_the_window_counts_once()
    {
        const ulong Highest = 100_063;
        var window = new ReplayWindow();
        window.Mark(Highest);

        Assert.True(window.IsTooOld(Highest - ReplayWindow.Size));
        for (var number = Highest - ReplayWindow.Size + 1; number < Highest; number++)
        {
            Assert.True(window.MayAccept(number));
            window.Mark(number);
            Assert.False(window.MayAccept(number));
        }
    }
}
