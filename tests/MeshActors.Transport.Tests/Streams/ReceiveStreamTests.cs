using System;
using System.Collections.Generic;
using System.Linq;
using CsCheck;
using MeshActors.Transport.Io;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Wire;
using Xunit;

namespace MeshActors.Transport.Tests.Streams;

public sealed class ReceiveStreamTests
{
    private const int Window = StreamLimits.InitialStreamCredit;

    private static readonly StreamId Id = StreamId.From(StreamLane.Streams, 0, 0);

    /// <summary>Parts come in any order, overlapping and more than once.</summary>
    [Fact]
    public void Messages_come_out_in_order_however_the_parts_come_in() =>
        Gen.Select(Gen.Byte.Array[1, 2_000].Array[1, 8], Gen.Int.Array[1, 40], Gen.Int[1, 900]).Sample(
            (messages, order, size) =>
            {
                var all = MessageQueueTests.Concatenate(messages);
                var stream = new ReceiveStream(Window, StreamLimits.MaxMessageBytes);
                var events = new StreamEvents();
                foreach (var start in Starts(all.Length, order, size))
                {
                    var overlap = Math.Min(start, order[0] & 15);
                    var length = Math.Min(size + overlap, all.Length - start + overlap);
                    Assert.Equal(FrameOutcome.Taken, Receive(stream, events, all, start - overlap, length));
                }

                Assert.Equal(messages, TakeMessages(events));
                Assert.True(stream.IsDone);
                Assert.Equal(0, stream.HeldPieces);
                Assert.Equal(all.Length, stream.CompletedTo);
            });

    [Fact]
    public void Small_pieces_hold_no_more_pages_than_the_window_has()
    {
        var stream = new ReceiveStream(Window, StreamLimits.MaxMessageBytes);
        var events = new StreamEvents();
        var all = new byte[Window];
        for (var offset = 1; offset < Window; offset += 64)
        {
            Receive(stream, events, all, offset, 1);
        }

        Assert.InRange(stream.HeldPieces, 1, (Window / PageBuffer.PageSize) + (Window / 64));
    }

    /// <summary>A reader that gives memory back pays for the longest gap once, also where that is more than the framework's pool keeps.</summary>
    [Fact]
    public void A_gap_costs_no_memory_after_one_that_was_as_long()
    {
        var pool = new MessagePool();
        var stream = new ReceiveStream(16 * 1024 * 1024, StreamLimits.MaxMessageBytes);
        stream.Recycle(pool);
        stream.RaiseLimit();
        var events = new StreamEvents();
        var message = MessageQueueTests.Concatenate([new byte[256 * PageBuffer.PageSize]]);
        var room = new byte[message.Length + 32];
        ReceiveBehindGap(stream, events, message, room, pool);
        ReceiveBehindGap(stream, events, message, room, pool);
        var before = GC.GetAllocatedBytesForCurrentThread();

        ReceiveBehindGap(stream, events, message, room, pool);

        Assert.Equal(0, stream.HeldPieces);
        Assert.InRange(pool.Bytes, 2 * 256 * PageBuffer.PageSize, MessagePool.MostBytes);

        // What tests allocate by themselves is less than a page.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, PageBuffer.PageSize - 1);
    }

    [Fact]
    public void Bytes_beyond_the_credit_are_a_violation() =>
        Assert.Equal(
            FrameOutcome.StreamCreditExceeded,
            Receive(new ReceiveStream(Window, StreamLimits.MaxMessageBytes), new StreamEvents(), new byte[Window + 1], 1, Window));

    [Fact]
    public void The_end_must_not_move()
    {
        var all = MessageQueueTests.Concatenate([new byte[50]]);
        var stream = new ReceiveStream(Window, StreamLimits.MaxMessageBytes);
        var events = new StreamEvents();
        Assert.Equal(FrameOutcome.Taken, Receive(stream, events, all, 20, all.Length - 20));

        Assert.Equal(FrameOutcome.BytesBeyondFinalSize, Receive(stream, events, new byte[60], 20, 39));
        Assert.Equal(FrameOutcome.BytesBeyondFinalSize, Receive(stream, events, all[..40], 20, 20));
        Assert.Equal(FrameOutcome.FinalSizeChanged, stream.HandleReset(all.Length + 1));
    }

    [Fact]
    public void A_message_must_not_be_cut_by_the_end()
    {
        var all = MessageQueueTests.Concatenate([new byte[50]]);

        Assert.Equal(
            FrameOutcome.MessageCutShort, Receive(new ReceiveStream(Window, StreamLimits.MaxMessageBytes), new StreamEvents(), all[..30], 0, 30));
    }

    [Fact]
    public void Credit_grows_with_what_is_taken_and_is_told_in_steps()
    {
        var all = MessageQueueTests.Concatenate([new byte[20_000], new byte[20_000]]);
        var stream = new ReceiveStream(Window, StreamLimits.MaxMessageBytes);
        var events = new StreamEvents();
        Receive(stream, events, [.. all, 1], 0, all.Length);
        Assert.False(stream.IsCreditDue);

        stream.Release(20_000);

        Assert.True(stream.IsCreditDue);
        Assert.Equal(Window + 20_004, stream.RaiseLimit());
        Assert.False(stream.IsCreditDue);
    }

    /// <summary>A message that fits the window but reaches over the credit told so far must get the rest at once, however little was taken.</summary>
    [Fact]
    public void Credit_is_due_when_the_message_under_way_needs_it()
    {
        var all = MessageQueueTests.Concatenate([new byte[100], new byte[Window - 4]]);
        var stream = new ReceiveStream(Window, StreamLimits.MaxMessageBytes);
        var events = new StreamEvents();
        Receive(stream, events, [.. all, 1], 0, Window);
        Assert.False(stream.IsCreditDue);

        stream.Release(100);

        Assert.True(stream.IsCreditDue);
        Assert.True(stream.RaiseLimit() >= all.Length);
    }

    [Fact]
    public void A_message_longer_than_the_window_wants_a_grant_of_all_of_it()
    {
        var all = MessageQueueTests.Concatenate([new byte[Window]]);
        var stream = new ReceiveStream(Window, StreamLimits.MaxMessageBytes);
        Receive(stream, new StreamEvents(), [.. all, 1], 0, 10);
        Assert.Equal(all.Length, stream.WantedGrant);

        stream.Grants.Add(all.Length);

        Assert.Equal(0, stream.WantedGrant);
        Assert.True(stream.IsCreditDue && stream.RaiseLimit() >= all.Length);
    }

    [Fact]
    public void More_cannot_be_taken_than_was_delivered()
    {
        var stream = new ReceiveStream(Window, StreamLimits.MaxMessageBytes);
        Receive(stream, new StreamEvents(), MessageQueueTests.Concatenate([new byte[10]]), 0, 11);
        stream.Release(10);

        Assert.Throws<ArgumentOutOfRangeException>(() => stream.Release(10));
    }

    /// <summary>Every part of the bytes at least once, in a random order.</summary>
    private static IEnumerable<int> Starts(int length, int[] order, int size)
    {
        var parts = Enumerable.Range(0, ((length - 1) / size) + 1).Select(part => part * size);
        return parts.OrderBy(start => unchecked((uint)(order[start % order.Length] * (start + 7)))).Append(0);
    }

    /// <summary>Receives all of a message but its first byte, then that, and gives its memory back.</summary>
    private static void ReceiveBehindGap(
        ReceiveStream stream, StreamEvents events, ReadOnlySpan<byte> message, Span<byte> room, MessagePool pool)
    {
        var start = stream.DeliveredTo;
        Assert.Equal(FrameOutcome.Taken, Receive(stream, events, message[1..], start + 1, fin: false, room));
        Assert.Equal(FrameOutcome.Taken, Receive(stream, events, message[..1], start, fin: false, room));
        Assert.True(events.TryTake(out var arrived));
        pool.TakeBack(arrived.Message);
    }

    /// <summary>Receives a part of all bytes; the end of them is the end of the stream.</summary>
    internal static FrameOutcome Receive(ReceiveStream stream, StreamEvents events, byte[] all, int start, int length)
    {
        var fin = start + length == all.Length;
        return Receive(stream, events, all.AsSpan(start, length), start, fin, new byte[length + 32]);
    }

    private static FrameOutcome Receive(
        ReceiveStream stream, StreamEvents events, ReadOnlySpan<byte> bytes, long start, bool fin, Span<byte> room)
    {
        var header = StreamFrame.WriteHeader(room, Id.Value, start, bytes.Length, fin);
        bytes.CopyTo(room[header..]);
        var reader = new FrameReader(room[1..(header + bytes.Length)]);
        Assert.True(StreamFrame.TryRead(room[0], ref reader, out var frame));
        var outcome = stream.Check(frame, mayKeepPiece: true);
        return outcome == FrameOutcome.Taken ? stream.HandleBytes(frame, Id, events) : outcome;
    }

    private static List<byte[]> TakeMessages(StreamEvents events)
    {
        var messages = new List<byte[]>();
        while (events.TryTake(out var streamEvent))
        {
            messages.Add(streamEvent.Message.ToArray());
        }

        return messages;
    }
}
