using System;
using CsCheck;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Time;
using MeshActors.Transport.Wire;
using Xunit;

namespace MeshActors.Transport.Tests.Streams;

/// <summary>What each violation of docs/protocol.md, section 6.5, comes to: a named outcome and no exception.</summary>
public sealed class StreamViolationTests
{
    private const ulong PeerStream = 0b10;
    private const ulong ControlStream = 0b100;
    private const ulong OwnStream = 0b11;

    private readonly MuxTwins _twins = new();

    [Fact]
    public void A_packet_without_frames_is_malformed() => AssertOutcome(FrameOutcome.Malformed);

    [Fact]
    public void A_frame_cut_short_is_malformed() => AssertOutcome(FrameOutcome.Malformed, [0x10, 0x02]);

    [Theory]
    [InlineData(0x04)]
    [InlineData(0x15)]
    [InlineData(0x3F)]
    public void An_unknown_type_closes(byte type) => AssertOutcome(FrameOutcome.UnknownFrame, [type]);

    [Fact]
    public void An_unknown_type_that_carries_its_length_is_skipped() =>
        AssertOutcome(FrameOutcome.Taken, [0x7F, 0xFF, 3, 1, 2, 3], [0x01]);

    [Fact]
    public void Only_packets_that_were_sent_can_be_acknowledged() =>
        AssertOutcome(FrameOutcome.AckOfUnsentPacket, [0x02, 9, 0, 0, 0]);

    [Fact]
    public void Bytes_beyond_the_streams_credit() =>
        AssertOutcome(FrameOutcome.StreamCreditExceeded, Bytes(PeerStream, StreamLimits.InitialStreamCredit, [1]));

    [Fact]
    public void Bytes_beyond_the_tunnels_credit()
    {
        for (var number = 0ul; number < 16; number++)
        {
            var last = Bytes(PeerStream + (number * 8), StreamLimits.InitialStreamCredit - 1, [1]);
            AssertOutcome(FrameOutcome.Taken, last);
        }

        AssertOutcome(FrameOutcome.TunnelCreditExceeded, Bytes(PeerStream + 128, 100, [1]));
    }

    [Fact]
    public void A_stream_beyond_the_limit() =>
        AssertOutcome(FrameOutcome.TooManyStreams, Bytes(PeerStream + (8 * StreamLimits.InitialStreams), 0, [1]));

    [Fact]
    public void A_stream_of_ours_that_we_never_opened() =>
        AssertOutcome(FrameOutcome.StreamNeverOpened, Bytes(OwnStream, 0, [1]));

    [Fact]
    public void A_final_size_that_changes()
    {
        AssertOutcome(FrameOutcome.Taken, Bytes(PeerStream, 5, [1], fin: true));
        AssertOutcome(FrameOutcome.FinalSizeChanged, Frame(new ResetStreamFrame(PeerStream, 0, 7).Write));
        AssertOutcome(FrameOutcome.BytesBeyondFinalSize, Bytes(PeerStream, 6, [1]));
    }

    [Fact]
    public void A_final_size_below_what_arrived()
    {
        AssertOutcome(FrameOutcome.Taken, Bytes(PeerStream, 5, [1]));
        AssertOutcome(FrameOutcome.BytesBeyondFinalSize, Frame(new ResetStreamFrame(PeerStream, 0, 5).Write));
    }

    [Fact]
    public void An_empty_message() => AssertOutcome(FrameOutcome.MessageLengthOutOfRange, Bytes(PeerStream, 0, [0]));

    [Fact]
    public void A_stream_that_ends_in_a_message() =>
        AssertOutcome(FrameOutcome.MessageCutShort, Bytes(PeerStream, 0, [5, 1, 2], fin: true));

    [Fact]
    public void A_lane_that_does_not_exist()
    {
        AssertOutcome(FrameOutcome.UnknownLane, Frame(new MaxStreamsFrame(3, 5).Write));
        AssertOutcome(FrameOutcome.UnknownLane, Bytes(0b110, 0, [1, 9]));
        AssertOutcome(FrameOutcome.UnknownLane, Frame(new StopSendingFrame(0b111, 0).Write));
    }

    [Fact]
    public void A_control_stream_beyond_the_limit() =>
        AssertOutcome(FrameOutcome.TooManyStreams, Bytes(ControlStream + (8 * StreamLimits.ControlStreams), 0, [1]));

    [Fact]
    public void A_control_message_longer_than_its_lane_allows() =>
        AssertOutcome(FrameOutcome.MessageLengthOutOfRange, Bytes(ControlStream, 0, [0x80, 0, 0x40, 1]));

    [Fact]
    public void A_limit_of_streams_beyond_what_ids_can_name() =>
        AssertOutcome(FrameOutcome.Malformed, Frame(new MaxStreamsFrame(1, MaxStreamsFrame.MaxLimit + 1).Write));

    [Fact]
    public void A_higher_stream_opens_the_lower_ones_of_its_lane()
    {
        AssertOutcome(FrameOutcome.Taken, Bytes(PeerStream + 16, 0, [1, 9]));
        AssertOutcome(FrameOutcome.Taken, Bytes(PeerStream, 0, [1, 7]));

        for (var number = 0; number < 3; number++)
        {
            Assert.True(_twins.B.PollEvent(out var opened));
            Assert.Equal(StreamEvent.Opened(StreamId.From(StreamLane.Streams, 0, number)), opened);
        }

        Assert.True(_twins.B.PollEvent(out var message));
        Assert.Equal(PeerStream + 16, message.Id.Value);
    }

    [Fact]
    public void Frames_of_a_forgotten_stream_mean_nothing()
    {
        AssertOutcome(FrameOutcome.Taken, Bytes(PeerStream, 0, [1, 9], fin: true));
        _twins.B.Finish(new StreamId(PeerStream));
        _twins.Drive(1);
        AssertOutcome(FrameOutcome.Taken, [0x02, 0, 0, 0, 0]);
        Assert.Equal(0, _twins.B.Statistics.OpenStreams);

        AssertOutcome(FrameOutcome.Taken, Bytes(PeerStream, 50, [1], fin: true), [0x10, 0x02, 0, 0], [0x11, 0x02, 0]);
        Assert.Equal(0, _twins.B.Statistics.OpenStreams);
    }

    [Fact]
    public void An_acknowledgement_of_a_packet_never_sent_is_a_violation_under_the_former_session_too() =>
        Assert.Equal(FrameOutcome.AckOfUnsentPacket, _twins.B.HandlePacket(3, false, EcnMark.NotCapable, [0x02, 9, 0, 0, 0], _twins.Now));

    [Fact]
    public void Pieces_beyond_the_bound_are_not_taken_but_the_gap_can_be_filled()
    {
        var twins = new MuxTwins(new StreamLimits { Pieces = 16 });
        for (var i = 0; i < 16; i++)
        {
            Assert.Equal(FrameOutcome.Taken, twins.Inject(1, Bytes(PeerStream, 10 + (i * 2), [1])));
        }

        Assert.Equal(FrameOutcome.NotTaken, twins.Inject(1, Bytes(PeerStream, 100, [1])));
        Assert.Equal(FrameOutcome.Taken, twins.Inject(1, Bytes(PeerStream, 0, [0x40, 100, 1, 1, 1, 1, 1, 1, 1, 1])));
    }

    /// <summary>Frames of known types with random fields, and random bytes: always an outcome, and the mux goes on working.</summary>
    [Fact]
    public void Whatever_a_peer_sends_never_throws() =>
        Gen.Select(Gen.Byte.Array[0, 60].Array[1, 20], Gen.ULong[0, 30].Array[20]).Sample((packets, numbers) =>
        {
            var mux = new StreamMux(StreamLimits.Default, 1, new SimRandom(1), new MonoTime(0));
            var buffer = new byte[1_171];
            mux.TryOpen(StreamLane.Streams, out var id);
            mux.Send(id, new byte[3_000]);
            for (var i = 0; i < packets.Length; i++)
            {
                var packet = packets[i];
                for (var j = 0; j < packet.Length; j += 7)
                {
                    packet[j] = (byte)(packet[j] % 0x16);
                }

                mux.HandlePacket(numbers[i], numbers[i] % 3 != 0, EcnMark.NotCapable, packet, new MonoTime(i));
                while (mux.PollEvent(out _))
                {
                }

                mux.WritePacket(buffer, out _, new MonoTime(i));
                mux.HandleTimeout(new MonoTime(i));
            }

            mux.Close(0, string.Empty);
        });

    private void AssertOutcome(FrameOutcome expected, params byte[][] frames)
    {
        Assert.Equal(expected, _twins.Inject(1, frames));
        Assert.Equal(expected >= FrameOutcome.Malformed, expected.IsViolation());
    }

    private static byte[] Bytes(ulong id, long offset, byte[] bytes, bool fin = false)
    {
        var frame = new byte[64 + bytes.Length];
        var header = StreamFrame.WriteHeader(frame, id, offset, bytes.Length, fin);
        bytes.CopyTo(frame, header);
        return frame[..(header + bytes.Length)];
    }

    private static byte[] Frame(Writing write)
    {
        var frame = new byte[64];
        return frame[..write(frame)];
    }

    private delegate int Writing(Span<byte> destination);
}
