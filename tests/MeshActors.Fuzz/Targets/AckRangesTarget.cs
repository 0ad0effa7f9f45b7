using System;
using System.Collections.Generic;
using MeshActors.Transport.Wire;

namespace MeshActors.Fuzz.Targets;

/// <summary>A set of packet numbers against a plain set, and the frame written of it against what it says.</summary>
internal static class AckRangesTarget
{
    private const int Capacity = 8;

    public static readonly FuzzTarget Target = new("ack-ranges", Run, Seeds);

    private static IEnumerable<byte[]> Seeds() =>
    [
        [0, 0, 0, 0, 1, 0, 3, 0, 5, 0, 4, 0, 2],
        [1, 0, 9, 0, 7, 0, 5, 0, 3, 0, 1, 0xF0, 4, 0, 20, 0, 22, 0, 24, 0, 26, 0, 28, 0, 30, 0xE0, 30],
    ];

    private static void Run(ReadOnlySpan<byte> input)
    {
        var script = new Script(input);
        var first = script.Byte() < 128 ? 0ul : VarInt.MaxValue - ushort.MaxValue;
        var ranges = new AckRanges(Capacity);
        var model = new SortedSet<ulong>();
        while (!script.IsOver)
        {
            var operation = script.Byte();
            var number = first + script.Byte();
            if (operation >= 0xF0)
            {
                ranges.RemoveBelow(number);
                model.RemoveWhere(held => held < number);
            }
            else if (operation >= 0xE0)
            {
                WriteAndRead(ranges, room: operation - 0xE0 + script.Byte());
            }
            else
            {
                Add(ranges, model, number);
            }

            Compare(ranges, model);
        }

        WriteAndRead(ranges, room: 200);
    }

    private static void Add(AckRanges ranges, SortedSet<ulong> model, ulong number)
    {
        var isNew = !model.Contains(number);
        var added = ranges.Add(number);
        Finding.Unless(!added || isNew, "a number that is there is not added again");
        if (added)
        {
            model.Add(number);
            if (ranges.Count > 0)
            {
                var lowest = ranges[0].Smallest;
                model.RemoveWhere(held => held < lowest);
            }
        }
        else
        {
            Finding.Unless(
                !isNew || (ranges.Count == Capacity && number < ranges[0].Smallest),
                "a number that is not there is left out only below a full set");
        }
    }

    private static void Compare(AckRanges ranges, SortedSet<ulong> model)
    {
        Finding.Unless(ranges.Count <= Capacity, "a set keeps its bound");
        var held = 0ul;
        for (var index = 0; index < ranges.Count; index++)
        {
            var range = ranges[index];
            Finding.Unless(range.Smallest <= range.Largest, "a range is not empty");
            Finding.Unless(index == 0 || range.Smallest > ranges[index - 1].Largest + 1, "ranges rise and leave gaps");
            held += range.Largest - range.Smallest + 1;
        }

        Finding.Unless(held == (ulong)model.Count, "a set holds what was added");
        foreach (var number in model)
        {
            Finding.Unless(ranges.Contains(number), "a set holds each number that was added");
        }
    }

    private static void WriteAndRead(AckRanges ranges, int room)
    {
        if (ranges.Count == 0)
        {
            return;
        }

        var buffer = new byte[room];
        var written = AckFrame.Write(buffer, ranges, delayUnits: 7);
        if (written == 0)
        {
            return;
        }

        var reader = new FrameReader(buffer.AsSpan(0, written));
        Finding.Unless(reader.TryReadVarInt(out var type) && type == FrameType.Ack, "a written frame has its type");
        Finding.Unless(AckFrame.TryRead(ref reader, type, out var ack) && reader.IsEmpty, "a written frame can be read");
        var index = ranges.Count;
        foreach (var range in ack)
        {
            Finding.Unless(index > 0 && range == ranges[--index], "a frame says what the set holds");
        }
    }
}
