using System;
using MeshActors.Transport.Wire;

namespace MeshActors.Fuzz.Targets;

/// <summary>Readers of packets and frames: whatever is read is written again and read alike.</summary>
internal static class WireTargets
{
    /// <summary>One value after the other.</summary>
    public static readonly FuzzTarget VarInts = new(
        "varint",
        RunVarInts,
        () => [[0x00], [0x40, 0x01], [0x80, 0, 0, 1], [0xC0, 0, 0, 0, 0, 0, 0, 1], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x25]]);

    /// <summary>A header, then numbers to make a full packet number of.</summary>
    public static readonly FuzzTarget PacketHeaders = new(
        "packet-header",
        RunPacketHeader,
        () => [[0xE1, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 9, 0, 0, 0, 1, 0, 0, 0, 5, 32]]);

    /// <summary>The frames of a packet, each field of each.</summary>
    public static readonly FuzzTarget Frames = new("frames", RunFrames, FrameSeeds.All);

    private static void RunVarInts(ReadOnlySpan<byte> input)
    {
        Span<byte> written = stackalloc byte[VarInt.MaxSize];
        while (VarInt.TryRead(input, out var value, out var size))
        {
            Finding.Unless(size is 1 or 2 or 4 or 8 && value <= VarInt.MaxValue, "a varint has 62 bits");
            var shortest = VarInt.Write(written, value);
            Finding.Unless(shortest <= size && shortest == VarInt.Size(value), "written in its shortest form");
            Finding.Unless(
                VarInt.TryRead(written[..shortest], out var again, out var sizeAgain) && again == value && sizeAgain == shortest,
                "read as it was written");
            Finding.Unless(shortest != size || written[..size].SequenceEqual(input[..size]), "the shortest form is one");
            input = input[size..];
        }
    }

    private static void RunPacketHeader(ReadOnlySpan<byte> input)
    {
        if (!PacketHeader.TryRead(input, out var keyPhase, out var connectionId, out var low))
        {
            return;
        }

        Span<byte> written = stackalloc byte[PacketHeader.Size];
        PacketHeader.Write(written, keyPhase, connectionId, low);
        Finding.Unless(written.SequenceEqual(input[..PacketHeader.Size]), "a header is written as it was read");
        var script = new Script(input[PacketHeader.Size..]);
        var expected = script.UInt64() & ((1ul << 62) - 1);
        var bits = 8 + script.Below(25);
        var mask = (1ul << bits) - 1;
        var full = PacketHeader.Reconstruct(expected, (uint)(low & mask), bits);
        Finding.Unless((full & mask) == (low & mask), "a reconstructed number has the bits that were sent");
        var distance = full > expected ? full - expected : expected - full;
        Finding.Unless(
            distance <= (mask + 1) / 2 || full < mask + 1 || full >= (1ul << 62) - (2 * (mask + 1)),
            "a reconstructed number is the nearest one");
    }

    private static void RunFrames(ReadOnlySpan<byte> input)
    {
        var reader = new FrameReader(input);
        while (!reader.IsEmpty && reader.TryReadVarInt(out var type) && FrameChecks.TryCheck(type, ref reader))
        {
        }
    }
}
