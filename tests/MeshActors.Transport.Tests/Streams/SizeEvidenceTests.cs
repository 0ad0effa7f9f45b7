using System;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Time;
using MeshActors.Transport.Wire;
using Xunit;

namespace MeshActors.Transport.Tests.Streams;

/// <summary>What a mux finds out about sizes from acknowledgements written by hand.</summary>
public sealed class SizeEvidenceTests
{
    private const int LargeBytes = 2_000;

    private static readonly MonoTime Start = new(0);

    private readonly StreamMux _mux = new(StreamLimits.Default, 0, new SimRandom(1), Start);
    private readonly byte[] _buffer = new byte[LargeBytes];
    private readonly StreamId _id;
    private ulong _nextOfPeer;
    private ulong _sent;

    public SizeEvidenceTests()
    {
        Assert.True(_mux.TryOpen(StreamLane.Streams, out _id));
    }

    [Fact]
    public void Large_datagrams_lost_before_small_ones_that_arrive_are_a_black_hole()
    {
        Send(1_900, 1_900, 1_900, 10, 10, 10);

        Acknowledge(5, 3, At(50));

        Assert.True(_mux.Paths.Active.Sizes.IsBlackHole);
    }

    [Fact]
    public void Two_are_not_enough()
    {
        Send(1_900, 1_900, 10, 10, 10);

        Acknowledge(4, 3, At(50));

        Assert.False(_mux.Paths.Active.Sizes.IsBlackHole);
    }

    [Fact]
    public void A_large_one_that_arrives_after_them_clears_the_path()
    {
        Send(1_900, 1_900, 1_900, 1_900, 10, 10, 10);

        Acknowledge(6, 4, At(50));

        Assert.False(_mux.Paths.Active.Sizes.IsBlackHole);
    }

    [Fact]
    public void A_large_one_that_may_still_be_acknowledged_leaves_it_open()
    {
        Send(1_900, 1_900, 1_900, 1_900, 10);

        Acknowledge(4, 1, At(50));
        Assert.False(_mux.Paths.Active.Sizes.IsBlackHole);

        _mux.HandleTimeout(At(100));
        Assert.True(_mux.Paths.Active.Sizes.IsBlackHole);
    }

    [Fact]
    public void A_failed_session_says_nothing_about_sizes()
    {
        Send(1_900, 1_900, 1_900);

        _mux.HandleReopened(At(50));

        Assert.False(_mux.Paths.Active.Sizes.IsBlackHole);
    }

    [Fact]
    public void A_lost_probe_is_told_once_and_is_no_black_hole()
    {
        for (var probe = 0; probe < 3; probe++)
        {
            var number = _mux.Packets.NextNumber;
            Assert.Equal(LargeBytes, _mux.Packets.WriteSizeProbe(_buffer, At(probe)));
            Assert.Equal(_sent++, number);
        }

        Send(10, 10, 10);
        Acknowledge(5, 3, At(50));

        Assert.False(_mux.Paths.Active.Sizes.IsBlackHole);
        Assert.True(_mux.Paths.Active.Sizes.TryTakeFate(out var arrived));
        Assert.False(arrived);
        Assert.False(_mux.Paths.Active.Sizes.TryTakeFate(out _));
    }

    [Fact]
    public void A_probe_is_a_ping_and_padding_and_its_arrival_is_told()
    {
        _mux.Packets.WriteSizeProbe(_buffer, Start);

        Assert.Equal((byte)FrameType.Ping, _buffer[0]);
        Assert.False(_buffer.AsSpan(1).ContainsAnyExcept((byte)FrameType.Padding));
        Acknowledge(0, 1, At(50));
        Assert.True(_mux.Paths.Active.Sizes.TryTakeFate(out var arrived));
        Assert.True(arrived);
    }

    [Fact]
    public void A_probe_larger_than_the_whole_window_is_not_sent()
    {
        var most = (int)_mux.Statistics.WindowBytes - StreamMux.PacketOverheadBytes;

        Assert.Equal(0, _mux.Packets.WriteSizeProbe(new byte[most + 1], Start));
        Assert.Equal(most, _mux.Packets.WriteSizeProbe(new byte[most], Start));
    }

    /// <summary>The one shows that large datagrams still arrive, where they do; the other arrives where they do not.</summary>
    [Fact]
    public void Of_the_two_probes_of_a_timeout_the_first_is_large_and_the_last_small()
    {
        Send(1_900, 1_900);
        var due = _mux.NextTimeout!.Value;
        _mux.HandleTimeout(due);

        Assert.InRange(_mux.WritePacket(_buffer, out _, due), 1_201, LargeBytes);
        Assert.InRange(_mux.WritePacket(_buffer, out _, due), 500, 1_200 - StreamMux.PacketOverheadBytes);
    }

    /// <summary>Sends messages, each in a packet of its own.</summary>
    private void Send(params int[] messages)
    {
        foreach (var bytes in messages)
        {
            _mux.Send(_id, new byte[bytes]);
            Assert.True(_mux.WritePacket(_buffer, out _, At(_sent)) > 0);
            _sent++;
        }
    }

    private void Acknowledge(ulong largest, ulong count, MonoTime now)
    {
        var ranges = new AckRanges(1);
        var bytes = new byte[32];
        for (var number = largest + 1 - count; number <= largest; number++)
        {
            ranges.Add(number);
        }

        var written = AckFrame.Write(bytes, ranges, 0);
        Assert.Equal(
            FrameOutcome.Taken,
            _mux.HandlePacket(_nextOfPeer++, true, EcnMark.NotCapable, bytes.AsSpan(0, written), now));
    }

    private static MonoTime At(double milliseconds) => Start + TimeSpan.FromMilliseconds(milliseconds);
}
