using System;
using System.Collections.Generic;
using System.Linq;
using CsCheck;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Time;
using MeshActors.Transport.Wire;
using Xunit;

namespace MeshActors.Transport.Tests.Streams;

public sealed class DatagramTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly MuxTwins _twins = new();

    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(DatagramQueue.MaxDatagramBytes)]
    public void A_datagram_arrives_as_it_was_sent(int length)
    {
        var sent = Enumerable.Range(0, length).Select(i => unchecked((byte)i)).ToArray();
        _twins.A.SendDatagram(sent, MonoTime.Never);
        _twins.Run(Second);

        Assert.Equal(sent, Assert.Single(Received()));
        Assert.Equal((1, 1), (_twins.A.Statistics.DatagramsSent, _twins.B.Statistics.DatagramsReceived));
        Assert.True(_twins.A.IsIdle);
    }

    [Fact]
    public void A_datagram_without_a_length_reaches_to_the_end_of_its_packet()
    {
        Assert.Equal(FrameOutcome.Taken, _twins.Inject(1, [(byte)FrameType.Ping], [0x30, 7, 8, 9]));
        Assert.Equal(FrameOutcome.Taken, _twins.Inject(1, [0x31, 2, 5, 6], [0x31, 0]));
        Assert.Equal(FrameOutcome.Malformed, _twins.Inject(1, [0x31, 4, 5, 6]));
        _twins.Drive(1);

        Assert.Equal([[7, 8, 9], [5, 6], []], Received());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(DatagramQueue.MaxDatagramBytes + 1)]
    public void A_length_out_of_range_is_a_mistake_of_the_caller(int length) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => _twins.A.SendDatagram(new byte[length], MonoTime.Never));

    [Fact]
    public void A_lost_datagram_is_never_sent_again()
    {
        _twins.Run(Second);
        var first = (ulong)_twins.A.Statistics.PacketsSent;
        _twins.Loses = (side, number) => side == 0 && number == first;
        _twins.A.SendDatagram(new byte[] { 1 }, MonoTime.Never);
        _twins.Drive(0);
        _twins.A.SendDatagram(new byte[] { 2 }, MonoTime.Never);
        _twins.Run(TimeSpan.FromMinutes(1));

        Assert.Equal([[2]], Received());
        Assert.Equal(0, _twins.A.Statistics.BytesInFlight);
        Assert.Equal(1, _twins.A.Statistics.PacketsLost);
        Assert.Equal(2, _twins.A.Statistics.DatagramsSent);
    }

    [Fact]
    public void What_waits_for_the_window_beyond_its_deadline_is_dropped_and_counted()
    {
        _twins.Run(Second);
        Assert.True(_twins.A.TryOpen(StreamLane.Streams, out var bulk));
        _twins.A.Send(bulk, new byte[1_000_000]);
        _twins.Drive(0);

        _twins.A.SendDatagram(new byte[] { 1 }, _twins.Now + TimeSpan.FromMilliseconds(1));
        _twins.A.SendDatagram(new byte[] { 2 }, _twins.Now + Second);
        _twins.A.SendDatagram(new byte[] { 3 }, _twins.Now);
        _twins.Run(Second);

        Assert.Equal([[2]], Received());
        Assert.Equal((1, 2), (_twins.A.Statistics.DatagramsSent, _twins.A.Statistics.DatagramsDropped));
        Assert.True(_twins.A.IsIdle);
    }

    [Fact]
    public void Datagrams_are_bound_by_the_congestion_window()
    {
        var window = _twins.A.Statistics.WindowBytes;
        _twins.Loses = (_, _) => true;
        for (var i = 0; i < DatagramQueue.Most; i++)
        {
            _twins.A.SendDatagram(new byte[1_000], MonoTime.Never);
        }

        _twins.Drive(0);

        Assert.InRange(_twins.A.Statistics.BytesInFlight, window / 2, window);
    }

    [Fact]
    public void The_oldest_goes_when_too_many_wait_in_either_direction()
    {
        var queue = new DatagramQueue();
        for (var i = 0; i < DatagramQueue.Most + 10; i++)
        {
            queue.Add(new[] { unchecked((byte)i) }, MonoTime.Never);
        }

        Assert.True(queue.TryPeek(default, out var oldest));
        Assert.Equal(10, oldest.Span[0]);
        Assert.Equal((DatagramQueue.Most, 10), (queue.Count, queue.Dropped));

        for (var packet = 0; packet < 3; packet++)
        {
            _twins.Inject(1, [.. Enumerable.Range(0, 100).Select(i => new byte[] { 0x31, 1, unchecked((byte)i) })]);
        }

        _twins.Drive(1);
        Assert.Equal(DatagramQueue.Most, Received().Count);
        Assert.Equal((300, 44), (_twins.B.Statistics.DatagramsReceived, _twins.B.Statistics.DatagramsDropped));
    }

    [Fact]
    public void What_waits_is_bounded_in_number_and_bytes_whatever_comes()
    {
        Gen.Int[1, DatagramQueue.MostBytes].Select(Gen.Int[0, 100]).Array[0, 400].Sample(added =>
        {
            var queue = new DatagramQueue();
            var waiting = new List<(int Length, int Deadline)>();
            var dropped = 0L;
            foreach (var (length, deadline) in added)
            {
                queue.Add(new byte[length], new MonoTime(deadline));
                waiting.Add((length, deadline));
                while (waiting.Count > DatagramQueue.Most || waiting.Sum(w => w.Length) > DatagramQueue.MostBytes)
                {
                    waiting.RemoveAt(0);
                    dropped++;
                }
            }

            foreach (var (length, _) in waiting.Where(w => w.Deadline > 50))
            {
                Assert.True(queue.TryPeek(new MonoTime(50), out var bytes));
                Assert.Equal(length, bytes.Length);
                queue.Take();
            }

            Assert.False(queue.TryPeek(new MonoTime(50), out _));
            Assert.Equal(dropped + waiting.Count(w => w.Deadline <= 50), queue.Dropped);
        });
    }

    [Fact]
    public void A_closed_tunnel_sends_no_datagram()
    {
        _twins.A.SendDatagram(new byte[] { 1 }, MonoTime.Never);
        _twins.A.Close(0, string.Empty);
        _twins.A.SendDatagram(new byte[] { 2 }, MonoTime.Never);
        _twins.Run(Second);

        Assert.Empty(Received());
        Assert.Equal(1, _twins.A.Statistics.DatagramsDropped);
    }

    [Fact]
    public void Datagrams_go_before_bulk_and_behind_control()
    {
        _twins.Run(Second);
        var first = (ulong)_twins.A.Statistics.PacketsSent;
        Assert.True(_twins.A.TryOpen(StreamLane.Streams, out var bulk));
        Assert.True(_twins.A.TryOpen(StreamLane.Control, out var heart));
        _twins.A.Send(bulk, new byte[100_000]);
        _twins.A.SendDatagram(new byte[DatagramQueue.MaxDatagramBytes], MonoTime.Never);
        _twins.A.Send(heart, new byte[500]);
        _twins.Loses = (side, number) => side == 0 && number > first;
        _twins.Run(MuxTwins.Latency);

        Assert.Equal([heart], _twins.Events[1].Where(e => e.Kind == StreamEventKind.Message).Select(e => e.Id));
        Assert.Empty(Received());
        _twins.Loses = (side, number) => false;
    }

    private List<byte[]> Received() =>
        [.. _twins.Events[1].Where(e => e.Kind == StreamEventKind.Datagram).Select(e => e.Message.ToArray())];
}
