using System;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Wire;
using Xunit;

namespace MeshActors.Transport.Tests.Streams;

/// <summary>RFC 9000, section 13.4.2: when marks of congestion are sent, and which counts are believed.</summary>
public sealed class EcnValidationTests
{
    private readonly EcnValidation _ecn = new();
    private ulong _acked;

    [Fact]
    public void Ten_packets_are_marked_before_anything_is_known()
    {
        for (var i = 0; i < 10; i++)
        {
            Assert.True(_ecn.Marks);
            _ecn.HandleSent(isMarked: true);
        }

        Assert.False(_ecn.Marks);
    }

    [Fact]
    public void Counts_that_fit_make_the_path_capable_and_tell_of_congestion()
    {
        Send(4);

        Assert.Equal(1, Acknowledge(4, new EcnCounts(3, 0, 1)));
        Assert.Equal(EcnState.Capable, _ecn.State);
        Send(20);
        Assert.Equal(2, Acknowledge(20, new EcnCounts(21, 0, 3)));
        Assert.True(_ecn.Marks);
    }

    [Fact]
    public void An_acknowledgement_without_counts_ends_marking()
    {
        Send(4);

        Assert.Equal(0, Acknowledge(4, null));
        Assert.Equal(EcnState.Failed, _ecn.State);
    }

    [Theory]
    [InlineData(3, 0, 0)]
    [InlineData(4, 1, 0)]
    [InlineData(5, 0, 0)]
    [InlineData(4, 0, 1)]
    [InlineData(0, 4, 0)]
    public void Counts_that_do_not_fit_end_marking(ulong capable0, ulong capable1, ulong congested)
    {
        Send(4);

        Assert.Equal(0, Acknowledge(4, new EcnCounts(capable0, capable1, congested)));
        Assert.Equal(EcnState.Failed, _ecn.State);
        Assert.False(_ecn.Marks);
    }

    [Fact]
    public void Counts_that_fall_end_marking()
    {
        Send(4);
        Acknowledge(2, new EcnCounts(3, 0, 1));

        Acknowledge(1, new EcnCounts(4, 0, 0));

        Assert.Equal(EcnState.Failed, _ecn.State);
    }

    [Fact]
    public void An_acknowledgement_that_was_overtaken_ends_nothing()
    {
        Send(4);
        Acknowledge(2, new EcnCounts(4, 0, 0));

        Assert.Equal(0, Acknowledge(2, new EcnCounts(2, 0, 0), isNewest: false));
        Assert.Equal(EcnState.Capable, _ecn.State);
    }

    [Fact]
    public void A_path_that_drops_the_first_ten_marked_packets_gets_no_more()
    {
        Send(10);
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(EcnState.Testing, _ecn.State);
            _ecn.HandlePacketLost((ulong)i, isMarked: true);
        }

        Assert.Equal(EcnState.Failed, _ecn.State);
    }

    [Fact]
    public void A_path_that_comes_into_use_is_tested_by_packets_of_its_own()
    {
        Send(4);
        Acknowledge(2, new EcnCounts(2, 0, 0));

        _ecn.HandlePathChanged(4);
        Acknowledge(2, new EcnCounts(4, 0, 0));
        Assert.Equal(EcnState.Testing, _ecn.State);

        Send(10);
        Assert.False(_ecn.Marks);
        for (var i = 0; i < 10; i++)
        {
            _ecn.HandlePacketLost(4 + (ulong)i, isMarked: true);
        }

        Assert.Equal(EcnState.Failed, _ecn.State);
    }

    [Fact]
    public void Counts_that_did_not_fit_are_not_believed_on_another_path_either()
    {
        Send(4);
        Acknowledge(4, new EcnCounts(5, 0, 0));

        _ecn.HandlePathChanged(4);

        Assert.False(_ecn.Marks);
    }

    private void Send(int packets)
    {
        for (var i = 0; i < packets; i++)
        {
            _ecn.HandleSent(isMarked: true);
        }
    }

    private long Acknowledge(int packets, EcnCounts? counts, bool isNewest = true)
    {
        for (var i = 0; i < packets; i++)
        {
            _ecn.HandlePacketAcked(_acked++, isMarked: true);
        }

        var ranges = new AckRanges(1);
        ranges.Add(1);
        var bytes = new byte[64];
        var length = AckFrame.Write(bytes, ranges, 0, counts ?? default);
        var reader = new FrameReader(bytes.AsSpan(0, length));
        Assert.True(reader.TryReadVarInt(out var type));
        Assert.True(AckFrame.TryRead(ref reader, type, out var ack));
        Assert.Equal(counts, ack.Marks);
        return _ecn.HandleAck(ack, isNewest);
    }
}
