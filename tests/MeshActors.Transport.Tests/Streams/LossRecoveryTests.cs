using System;
using System.Collections.Generic;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Congestion;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Time;
using MeshActors.Transport.Wire;
using Xunit;

namespace MeshActors.Transport.Tests.Streams;

/// <summary>Loss detection of RFC 9002, section 6, driven through a mux and hand-made acknowledgements.</summary>
public sealed class LossRecoveryTests
{
    private static readonly MonoTime Start = new(0);

    private readonly StreamMux _mux = new(
        StreamLimits.Default with { Congestion = CongestionControl.Cubic }, 0, new SimRandom(1), Start);
    private readonly byte[] _buffer = new byte[1_171];
    private readonly StreamId _id;
    private ulong _next;
    private ulong _nextOfPeer;

    public LossRecoveryTests()
    {
        Assert.True(_mux.TryOpen(StreamLane.Streams, out _id));
    }

    [Fact]
    public void A_packet_is_lost_when_the_third_after_it_is_acknowledged()
    {
        SendPackets(4, Start);

        Acknowledge(2, 1, At(50));
        Assert.Equal(0, _mux.Statistics.PacketsLost);

        Acknowledge(3, 1, At(50));
        Assert.Equal(1, _mux.Statistics.PacketsLost);
    }

    [Fact]
    public void A_packet_is_lost_nine_eighths_of_a_round_trip_after_it_left()
    {
        SendPackets(2, Start);
        Acknowledge(1, 1, At(80));

        Assert.Equal(At(90), _mux.NextTimeout);
        _mux.HandleTimeout(At(89));
        Assert.Equal(0, _mux.Statistics.PacketsLost);
        _mux.HandleTimeout(At(90));
        Assert.Equal(1, _mux.Statistics.PacketsLost);
    }

    [Fact]
    public void Packets_that_went_by_another_path_overtake_nothing()
    {
        var first = _mux.Paths.Active;
        SendPackets(1, Start);
        _mux.Paths.Use(_mux.Paths.Add(TimeSpan.FromMilliseconds(50), Start)!);
        SendPackets(3, Start);
        _mux.Paths.Use(first);
        SendPackets(1, Start);

        Acknowledge(4, 1, At(50));
        Assert.Equal(0, _mux.Statistics.PacketsLost);

        SendPackets(2, At(50));
        Acknowledge(6, 3, At(51));
        Assert.Equal(1, _mux.Statistics.PacketsLost);
    }

    [Fact]
    public void A_path_that_was_left_waits_for_acknowledgements_that_come_back_by_the_one_in_use()
    {
        SendPackets(1, Start);
        Acknowledge(0, 1, At(10));
        SendPackets(1, At(100));
        Assert.Equal(At(135), _mux.Paths.NextTimeout);

        _mux.Paths.Use(_mux.Paths.Add(TimeSpan.FromMilliseconds(100), At(101))!);

        Assert.Equal(At(135 + 100), _mux.Paths.NextTimeout);
        _mux.HandleTimeout(At(234));
        Assert.Equal(0, _mux.Paths.Timeouts);
        _mux.HandleTimeout(At(235));
        Assert.Equal(1, _mux.Paths.Timeouts);
    }

    [Fact]
    public void Once_the_last_packet_on_the_way_is_lost_none_waits_for_an_answer()
    {
        SendPackets(2, Start);
        Acknowledge(1, 1, At(80));
        Assert.Equal(At(80), _mux.Paths.Active.UnansweredSince);

        _mux.HandleTimeout(At(90));
        Assert.Null(_mux.Paths.Active.UnansweredSince);

        Assert.True(Write(At(95)) > 0);
        Assert.Equal(At(95), _mux.Paths.Active.UnansweredSince);
    }

    [Fact]
    public void Probe_timeouts_double_up_to_two_seconds_and_declare_nothing_lost()
    {
        SendPackets(2, Start);
        Acknowledge(0, 1, At(100));
        SendPackets(1, At(100));

        var waits = new List<double>();
        var last = At(100);
        for (var i = 0; i < 7; i++)
        {
            var due = _mux.NextTimeout!.Value;
            waits.Add((due - last).TotalMilliseconds);
            last = due;
            _mux.HandleTimeout(due);
            Assert.True(Write(due) > 0);
        }

        Assert.Equal([305, 610, 1_220, 2_000, 2_000, 2_000, 2_000], waits);
        Assert.Equal(0, _mux.Statistics.PacketsLost);
    }

    [Fact]
    public void A_timeout_sends_two_probes_although_the_window_is_full()
    {
        while (_mux.Send(_id, new byte[1_000]) == SendOutcome.Accepted && _mux.Statistics.QueuedBytes < 60_000)
        {
        }

        while (Write(Start) > 0)
        {
        }

        var due = _mux.NextTimeout!.Value;
        _mux.HandleTimeout(due);

        Assert.True(Write(due) > 0);
        Assert.True(Write(due) > 0);
        Assert.Equal(0, Write(due));
    }

    [Fact]
    public void Loss_over_three_probe_timeouts_leaves_the_smallest_window()
    {
        SendPackets(1, Start);
        Acknowledge(0, 1, At(100));
        SendPackets(1, At(200));
        SendPackets(1, At(2_000));
        SendPackets(3, At(2_010));

        Acknowledge(5, 1, At(2_100));

        Assert.Equal(2, _mux.Statistics.PacketsLost);
        Assert.Equal(CongestionBounds.MinimumWindow(CongestionBounds.FirstDatagramBytes), _mux.Statistics.WindowBytes);
    }

    [Fact]
    public void An_acknowledged_packet_between_two_lost_ones_means_no_persistent_congestion()
    {
        SendPackets(1, Start);
        Acknowledge(0, 1, At(100));
        SendPackets(1, At(200));
        SendPackets(1, At(1_000));
        SendPackets(1, At(2_000));
        SendPackets(3, At(2_010));

        AcknowledgeTwo(6, 2, At(2_100));

        Assert.Equal(CongestionBounds.InitialWindow(CongestionBounds.FirstDatagramBytes) * 7 / 10, _mux.Statistics.WindowBytes);
    }

    [Fact]
    public void A_steady_exchange_allocates_nothing_for_a_packet()
    {
        var message = new byte[2_000];
        var frames = new byte[400][];
        for (var i = 0; i < frames.Length; i++)
        {
            var sent = (ulong)(2 * i) + 2;
            frames[i] = [.. AckFrameBytes(sent - 1, Math.Min(sent, 4) - 1), .. Credit(sent)];
        }

        Exchange(message, frames, 0, 200);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Exchange(message, frames, 200, 400);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(800ul, _next);
        Assert.Equal(0, _mux.Statistics.QueuedBytes);
    }

    /// <summary>Messages of two packets each, every one acknowledged and given new credit.</summary>
    private void Exchange(byte[] message, byte[][] frames, int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            var now = At(1_000 + (i * 10.0));
            _mux.Send(_id, message);
            while (Write(now) > 0)
            {
            }

            _mux.HandlePacket(_nextOfPeer++, true, EcnMark.NotCapable, frames[i], now + TimeSpan.FromMilliseconds(1));
        }
    }

    /// <summary>Sends as many packets as asked, each with a little data.</summary>
    private void SendPackets(int count, MonoTime now)
    {
        for (var i = 0; i < count; i++)
        {
            _mux.Send(_id, new byte[10]);
            Assert.True(Write(now) > 0);
        }
    }

    private int Write(MonoTime now)
    {
        var written = _mux.WritePacket(_buffer, out _, now);
        _next += written > 0 ? 1ul : 0;
        return written;
    }

    /// <summary>The peer acknowledges so many packets up to the largest.</summary>
    private void Acknowledge(ulong largest, int count, MonoTime now) => Assert.Equal(
        FrameOutcome.Taken, _mux.HandlePacket(_nextOfPeer++, true, EcnMark.NotCapable, AckFrameBytes(largest, (ulong)count - 1), now));

    private void AcknowledgeTwo(ulong largest, ulong other, MonoTime now)
    {
        var bytes = new byte[32];
        var ranges = new AckRanges(2);
        ranges.Add(other);
        ranges.Add(largest);
        var written = AckFrame.Write(bytes, ranges, 0);
        Assert.Equal(FrameOutcome.Taken, _mux.HandlePacket(_nextOfPeer++, true, EcnMark.NotCapable, bytes.AsSpan(0, written), now));
    }

    private static byte[] AckFrameBytes(ulong largest, ulong firstRange)
    {
        var bytes = new byte[32];
        var written = VarInt.Write(bytes, FrameType.Ack);
        written += VarInt.Write(bytes.AsSpan(written), largest);
        written += VarInt.Write(bytes.AsSpan(written), 0);
        written += VarInt.Write(bytes.AsSpan(written), 0);
        VarInt.Write(bytes.AsSpan(written), firstRange);
        return bytes;
    }

    /// <summary>Room for more of the stream and the tunnel.</summary>
    private byte[] Credit(ulong packets)
    {
        var bytes = new byte[32];
        var limit = 1_000_000 + ((long)packets * 2_000);
        var written = new MaxDataFrame(limit).Write(bytes);
        new MaxStreamDataFrame(_id.Value, limit).Write(bytes.AsSpan(written));
        return bytes;
    }

    private static MonoTime At(double milliseconds) => Start + TimeSpan.FromMilliseconds(milliseconds);
}
