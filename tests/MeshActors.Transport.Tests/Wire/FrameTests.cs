using System;
using System.Globalization;
using System.Text;
using CsCheck;
using MeshActors.Transport.Wire;
using Xunit;

namespace MeshActors.Transport.Tests.Wire;

/// <summary>Golden bytes and round trips of the frames of docs/protocol.md, section 6.</summary>
public sealed class FrameTests
{
    private static readonly Gen<long> Offset = Gen.Long[0, (1L << 61) - 1];
    private static readonly Gen<ulong> Value = Gen.ULong[0, VarInt.MaxValue];

    [Fact]
    public void Frames_keep_their_bytes()
    {
        Assert.Equal("10054064410a", Hex(new ResetStreamFrame(5, 100, 266).Write));
        Assert.Equal("110507", Hex(new StopSendingFrame(5, 7).Write));
        Assert.Equal("1280100000", Hex(new MaxDataFrame(1_048_576).Write));
        Assert.Equal("130580010000", Hex(new MaxStreamDataFrame(5, 65_536).Write));
        Assert.Equal("14014100", Hex(new MaxStreamsFrame(1, 256).Write));
        Assert.Equal("1c4102026279", Hex(to => CloseFrame.Write(to, 0x102, "by"u8)));
        Assert.Equal("0a0503", Hex(to => StreamFrame.WriteHeader(to, 5, 0, 3, fin: false)));
        Assert.Equal("0f054400" + "03", Hex(to => StreamFrame.WriteHeader(to, 5, 1_024, 3, fin: true)));
    }

    [Fact]
    public void Reset_stream_reads_what_it_writes() =>
        Gen.Select(Value, Value, Offset).Sample((id, code, size) =>
        {
            var frame = new ResetStreamFrame(id, code, size);
            var reader = Written(frame.Write, frame.Size);
            Assert.True(ResetStreamFrame.TryRead(ref reader, out var read));
            Assert.Equal(frame, read);
            Assert.True(reader.IsEmpty);
        });

    [Fact]
    public void Limits_read_what_they_write() =>
        Gen.Select(Value, Offset).Sample((id, limit) =>
        {
            var stop = new StopSendingFrame(id, (ulong)limit);
            var reader = Written(stop.Write, stop.Size);
            Assert.True(StopSendingFrame.TryRead(ref reader, out var readStop) && reader.IsEmpty);
            Assert.Equal(stop, readStop);

            var data = new MaxDataFrame(limit);
            reader = Written(data.Write, data.Size);
            Assert.True(MaxDataFrame.TryRead(ref reader, out var readData) && reader.IsEmpty);
            Assert.Equal(data, readData);

            var streamData = new MaxStreamDataFrame(id, limit);
            reader = Written(streamData.Write, streamData.Size);
            Assert.True(MaxStreamDataFrame.TryRead(ref reader, out var readStreamData) && reader.IsEmpty);
            Assert.Equal(streamData, readStreamData);

            var streams = new MaxStreamsFrame(id, limit);
            reader = Written(streams.Write, streams.Size);
            Assert.True(MaxStreamsFrame.TryRead(ref reader, out var readStreams) && reader.IsEmpty);
            Assert.Equal(streams, readStreams);
        });

    [Fact]
    public void Stream_reads_what_it_writes() =>
        Gen.Select(Value, Offset, Gen.Byte.Array[0, 300], Gen.Bool).Sample((id, offset, bytes, fin) =>
        {
            var buffer = new byte[400];
            var header = StreamFrame.WriteHeader(buffer, id, offset, bytes.Length, fin);
            Assert.Equal(StreamFrame.HeaderSize(id, offset, bytes.Length), header);
            bytes.CopyTo(buffer, header);
            var reader = new FrameReader(buffer.AsSpan(0, header + bytes.Length));

            Assert.True(reader.TryReadVarInt(out var type));
            Assert.InRange(type, FrameType.Stream, FrameType.StreamLast);
            Assert.True(StreamFrame.TryRead(type, ref reader, out var read) && reader.IsEmpty);
            Assert.Equal((id, offset, fin), (read.StreamId, read.Offset, read.Fin));
            Assert.True(read.Bytes.SequenceEqual(bytes));
        });

    [Fact]
    public void A_stream_frame_without_length_reaches_to_the_end()
    {
        var reader = new FrameReader([5, 1, 2, 3]);

        Assert.True(StreamFrame.TryRead(FrameType.Stream, ref reader, out var frame));

        Assert.Equal(3, frame.Bytes.Length);
        Assert.True(reader.IsEmpty);
    }

    [Fact]
    public void A_stream_frame_must_end_within_62_bits()
    {
        var buffer = new byte[32];
        var header = StreamFrame.WriteHeader(buffer, 1, (long)VarInt.MaxValue, 2, fin: false);
        var reader = new FrameReader(buffer.AsSpan(1, header + 1));

        Assert.False(StreamFrame.TryRead(buffer[0], ref reader, out _));
    }

    [Fact]
    public void A_close_reason_is_cut_at_a_character()
    {
        var reason = CloseFrame.EncodeReason(new string('ä', 200));

        Assert.Equal(256, reason.Length);
        Assert.Equal(new string('ä', 128), Encoding.UTF8.GetString(reason));
        Assert.Equal(255, CloseFrame.EncodeReason("x" + new string('ä', 200)).Length);
    }

    [Fact]
    public void A_close_reason_beyond_256_bytes_is_refused()
    {
        var bytes = new byte[300];
        VarInt.Write(bytes.AsSpan(1), 257);
        var reader = new FrameReader(bytes);

        Assert.False(CloseFrame.TryRead(ref reader, out _));
    }

    [Fact]
    public void Random_bytes_never_throw() =>
        Gen.Byte.Array[0, 24].Sample(bytes =>
        {
            Read(bytes, (ref FrameReader reader) => StreamFrame.TryRead(bytes[0] & 0x0Fu, ref reader, out _));
            Read(bytes, (ref FrameReader reader) => ResetStreamFrame.TryRead(ref reader, out _));
            Read(bytes, (ref FrameReader reader) => StopSendingFrame.TryRead(ref reader, out _));
            Read(bytes, (ref FrameReader reader) => MaxDataFrame.TryRead(ref reader, out _));
            Read(bytes, (ref FrameReader reader) => MaxStreamDataFrame.TryRead(ref reader, out _));
            Read(bytes, (ref FrameReader reader) => MaxStreamsFrame.TryRead(ref reader, out _));
            Read(bytes, (ref FrameReader reader) => CloseFrame.TryRead(ref reader, out _));
        });

    private static void Read(byte[] bytes, Reading reading)
    {
        if (bytes.Length > 0)
        {
            var reader = new FrameReader(bytes);
            reading(ref reader);
        }
    }

    /// <summary>A reader behind the type of a frame that was written.</summary>
    private static FrameReader Written(Writing write, int size)
    {
        var bytes = new byte[size];
        Assert.Equal(size, write(bytes));
        var reader = new FrameReader(bytes);
        Assert.True(reader.TryReadVarInt(out _));
        return reader;
    }

    private static string Hex(Writing write)
    {
        var bytes = new byte[64];
        return Convert.ToHexString(bytes, 0, write(bytes)).ToLower(CultureInfo.InvariantCulture);
    }

    private delegate bool Reading(ref FrameReader reader);

    private delegate int Writing(Span<byte> destination);
}
