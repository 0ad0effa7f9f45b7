using System;
using System.Collections.Generic;
using System.Linq;
using CsCheck;
using MeshActors.Transport.Wire;
using Xunit;

namespace MeshActors.Transport.Tests.Wire;

public sealed class AckFrameTests
{
    /// <summary>Packets 3, 4, 8 to 10: the range and gap fields are counts less one (RFC 9000, section 19.3.1).</summary>
    [Fact]
    public void Stands_on_the_wire_as_the_rfc_says()
    {
        var bytes = new byte[64];

        var written = AckFrame.Write(bytes, Ranges([3, 4, 8, 9, 10]), delayUnits: 5);

        Assert.Equal([0x02, 10, 5, 1, 2, 2, 1], bytes[..written]);
    }

    [Fact]
    public void Reads_what_it_writes() =>
        Gen.Select(Gen.ULong[0, 3_000].Array[1, 120], Gen.ULong[0, 100_000]).Sample((numbers, delay) =>
        {
            var bytes = new byte[2_000];
            var written = AckFrame.Write(bytes, Ranges(numbers), delay);

            Assert.True(TryRead(bytes.AsSpan(0, written), out var read, out var readDelay));
            Assert.Equal(numbers.Distinct().OrderDescending(), read);
            Assert.Equal(delay, readDelay);
        });

    [Fact]
    public void Leaves_the_lowest_ranges_out_when_there_is_little_room() =>
        Gen.Select(Gen.ULong[0, 100_000].Array[1, 60], Gen.Int[0, 40]).Sample((numbers, room) =>
        {
            var bytes = new byte[room];
            var written = AckFrame.Write(bytes, Ranges(numbers), 0);
            if (written == 0)
            {
                return room < 13;
            }

            return written <= room
                && TryRead(bytes.AsSpan(0, written), out var read, out _)
                && numbers.Distinct().OrderDescending().Take(read.Count).SequenceEqual(read);
        });

    [Fact]
    public void Random_bytes_are_read_or_refused_and_never_throw() =>
        Gen.Byte.Array[0, 40].Sample(bytes =>
        {
            if (TryRead(bytes, out var numbers, out _, most: 1_000))
            {
                Assert.True(numbers.Zip(numbers.Skip(1)).All(pair => pair.First > pair.Second));
            }
        });

    [Theory]
    [InlineData("0201000002", "first range below 0")]
    [InlineData("020a0001010900", "gap below 0")]
    [InlineData("020a0001010800", "gap that ends below 0 by one")]
    [InlineData("020a0001010009", "range below 0")]
    [InlineData("020a00020100", "second range missing")]
    [InlineData("020a00", "cut short")]
    public void Refuses(string hex, string why)
    {
        Assert.False(TryRead(Convert.FromHexString(hex), out _, out _), why);
    }

    private static AckRanges Ranges(ulong[] numbers)
    {
        var ranges = new AckRanges(200);
        foreach (var number in numbers)
        {
            ranges.Add(number);
        }

        return ranges;
    }

    private static bool TryRead(ReadOnlySpan<byte> bytes, out List<ulong> numbers, out ulong delay, int most = int.MaxValue)
    {
        numbers = [];
        delay = 0;
        var reader = new FrameReader(bytes);
        if (!reader.TryReadVarInt(out var type) || !AckFrame.TryRead(ref reader, type, out var frame))
        {
            return false;
        }

        delay = frame.DelayUnits;
        foreach (var range in frame)
        {
            for (var number = range.Largest; number >= range.Smallest && numbers.Count < most; number--)
            {
                numbers.Add(number);
                if (number == 0)
                {
                    break;
                }
            }
        }

        return true;
    }
}
