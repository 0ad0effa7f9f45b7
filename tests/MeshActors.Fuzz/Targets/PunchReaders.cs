using System;
using System.Collections.Generic;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Wire;

namespace MeshActors.Fuzz.Targets;

/// <summary>What two nodes say to each other to get through their NATs, as it is read.</summary>
internal static class PunchReaders
{
    /// <summary>The content of a PUNCH_AT, a PUNCH_RESULT, or a punch datagram: the first byte says which.</summary>
    public static readonly FuzzTarget Messages = new("punch-messages", Read, Seeds);

    private static IEnumerable<byte[]> Seeds()
    {
        var seen = new UdpEndpoint(UdpEndpoint.MappedPrefix | 0x2D00_0004u, 4_000);
        PunchPorts[] all =
        [
            new(PunchPattern.Fixed, seen),
            new(PunchPattern.Counting, seen, Step: -2),
            new(PunchPattern.Scattered, seen, Low: 1_024, High: 3_071),
        ];
        var content = new byte[PunchAtFrame.ContentSize];
        foreach (var ports in all)
        {
            new PunchAtFrame(1, IsAnswer: false, PunchTechnique.Predicted, 0, ports).WriteContent(content, new byte[PunchAtFrame.KeySize]);
            yield return [0, .. content];
        }

        var length = new PunchResultFrame(1, PunchRefusal.Busy).WriteContent(content);
        yield return [1, .. content.AsSpan(0, length)];
        var datagram = new byte[PunchDatagram.Size];
        new PunchDatagram(1, 2, 3).Write(datagram);
        yield return [2, .. datagram];
    }

    private static void Read(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty)
        {
            return;
        }

        var content = input[1..];
        Span<byte> written = stackalloc byte[PunchAtFrame.ContentSize];
        switch (input[0] % 3)
        {
            case 0 when PunchAtFrame.TryRead(content, out var frame):
                var key = PunchAtFrame.KeyOf(content);
                frame.WriteContent(written, key);
                Finding.Unless(PunchAtFrame.TryRead(written, out var again) && again == frame, "what was read can be written");
                Finding.Unless(PunchAtFrame.KeyOf(written).SequenceEqual(key), "the key comes out as it went in");
                Finding.Unless(frame.DelayMs is >= 0 and <= PunchAtFrame.MostDelayMs, "a delay has a bound");
                Finding.Unless(frame.Ports is { Pattern: not PunchPattern.Unknown, Endpoint: { IsIPv4: true, Port: not 0 } }, "ports are of an endpoint");
                Finding.Unless(frame.Ports.Pattern != PunchPattern.Scattered || frame.Ports.Block is >= 1 and <= 65_535, "a block has ports");
                break;
            case 1 when PunchResultFrame.TryRead(content, out var result):
                result.WriteContent(written);
                Finding.Unless(result.Refusal is > PunchRefusal.None and <= PunchRefusal.NotTrusted, "a refusal is known");
                Finding.Unless(PunchResultFrame.TryRead(written, out var same) && same == result, "what was read can be written");
                break;
            case 2 when PunchDatagram.TryRead(content, out var datagram):
                datagram.Write(written);
                Finding.Unless(written[..PunchDatagram.TaggedSize].SequenceEqual(content[..PunchDatagram.TaggedSize]), "what the tag is over comes out as it went in");
                break;
            default:
                break;
        }
    }
}
