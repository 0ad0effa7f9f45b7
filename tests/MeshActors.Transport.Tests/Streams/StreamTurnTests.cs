using System;
using System.Collections.Generic;
using System.Linq;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Wire;
using Xunit;

namespace MeshActors.Transport.Tests.Streams;

/// <summary>Streams take turns of 4,096 bytes or one packet, whichever is more (docs/protocol.md, section 6.3).</summary>
public sealed class StreamTurnTests
{
    private readonly StreamScheduler _scheduler = new();
    private readonly SentPackets _packets = new();

    [Theory]
    [InlineData(1_171, 4_096)]
    [InlineData(8_871, 8_871)]
    [InlineData(64_971, 64_971)]
    public void A_turn_is_4096_bytes_or_a_packet_and_goes_round(int room, int turn)
    {
        var streams = Enumerable.Range(0, 3).Select(number => NewStream(number, 1_000_000)).ToArray();
        var turns = new List<(ulong Stream, int Bytes)>();
        for (var packet = 0; packet < 1_000_000 / room && turns.Count < 30; packet++)
        {
            Note(turns, Write(room));
        }

        var whole = turns.Skip(3).SkipLast(1).ToList();
        Assert.All(whole, t => Assert.InRange(t.Bytes, turn - 100, turn));
        Assert.All(whole.Zip(whole.Skip(3)), pair => Assert.Equal(pair.First.Stream, pair.Second.Stream));
        Assert.Equal(3, whole.Take(3).Select(t => t.Stream).Distinct().Count());
        Assert.Equal(streams.Length, turns.Select(t => t.Stream).Distinct().Count());
    }

    [Fact]
    public void A_lone_stream_fills_each_packet_with_one_frame()
    {
        NewStream(0, 60_000);

        for (var packet = 0; packet < 50; packet++)
        {
            Assert.Single(Write(1_171));
        }
    }

    [Fact]
    public void A_short_message_waits_for_one_turn_of_each_busy_stream()
    {
        var busy = Enumerable.Range(0, 4).Select(number => NewStream(number, 1_000_000)).ToArray();
        Write(1_171);
        var small = NewStream(busy.Length, 10);

        var before = 0;
        while (true)
        {
            var frames = Write(1_171);
            before += frames.TakeWhile(f => f.Stream != small.Id.Value).Sum(f => f.Bytes);
            if (frames.Exists(f => f.Stream == small.Id.Value))
            {
                break;
            }
        }

        Assert.InRange(before, 1, busy.Length * StreamScheduler.LeastTurnBytes);
    }

    private static void Note(List<(ulong Stream, int Bytes)> turns, List<(ulong Stream, int Bytes)> frames)
    {
        foreach (var (stream, bytes) in frames)
        {
            if (turns.Count > 0 && turns[^1].Stream == stream)
            {
                turns[^1] = (stream, turns[^1].Bytes + bytes);
            }
            else
            {
                turns.Add((stream, bytes));
            }
        }
    }

    private StreamState NewStream(int number, int bytes)
    {
        var stream = new StreamState(StreamId.From(StreamLane.Streams, 0, number), StreamLimits.InitialStreamCredit);
        stream.Send.RaiseCredit(1 << 20);
        stream.Send.Enqueue(new byte[bytes]);
        _scheduler.Touch(stream);
        return stream;
    }

    /// <summary>Writes one packet.</summary>
    /// <returns>Its frames.</returns>
    private List<(ulong Stream, int Bytes)> Write(int room)
    {
        var packet = new byte[room];
        _packets.Begin();
        var reader = new FrameReader(packet.AsSpan(0, _scheduler.Write(packet, _packets)));
        _packets.Commit(default, room, 0);
        var frames = new List<(ulong, int)>();
        while (!reader.IsEmpty)
        {
            Assert.True(reader.TryReadVarInt(out var type));
            Assert.True(StreamFrame.TryRead(type, ref reader, out var frame));
            frames.Add((frame.StreamId, frame.Bytes.Length));
        }

        return frames;
    }
}
