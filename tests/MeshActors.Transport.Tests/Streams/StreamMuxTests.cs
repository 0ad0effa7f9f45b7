using System;
using System.Collections.Generic;
using System.Linq;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Wire;
using Xunit;

namespace MeshActors.Transport.Tests.Streams;

public sealed class StreamMuxTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly MuxTwins _twins = new();

    [Fact]
    public void A_question_and_its_answer_complete_the_stream_at_both_ends()
    {
        var id = Open(StreamLane.Streams);
        Assert.Equal(SendOutcome.Accepted, _twins.A.Send(id, new byte[] { 1, 2, 3 }));
        _twins.A.Finish(id);
        _twins.Run(Second);
        _twins.B.Send(id, new byte[] { 4 });
        _twins.B.Finish(id);
        _twins.Run(Second);

        Assert.Equal(
            [StreamEventKind.Opened, StreamEventKind.Message, StreamEventKind.Finished, StreamEventKind.Ended], Kinds(1));
        Assert.Equal([StreamEventKind.Message, StreamEventKind.Finished, StreamEventKind.Ended], Kinds(0));
        Assert.Equal(new StreamEnd(StreamEndReason.Completed, 0, true), End(0));
        Assert.Equal(new StreamEnd(StreamEndReason.Completed, 0, true), End(1));
        AssertNothingHeld();
    }

    [Fact]
    public void Many_short_messages_share_packets()
    {
        var id = Open(StreamLane.Association);
        for (var i = 0; i < 1_000; i++)
        {
            _twins.A.Send(id, new byte[100]);
        }

        _twins.Run(Second);

        Assert.Equal(1_000, Kinds(1).Count(kind => kind == StreamEventKind.Message));
        Assert.InRange(_twins.B.NextExpected, 85ul, 100ul);
    }

    [Fact]
    public void A_short_message_passes_a_long_one()
    {
        var bulk = Open(StreamLane.Streams);
        var small = Open(StreamLane.Streams);
        _twins.A.Send(bulk, new byte[5_000_000]);
        _twins.Run(TimeSpan.FromMilliseconds(35));
        _twins.A.Send(small, new byte[10]);
        _twins.Run(TimeSpan.FromMilliseconds(60));

        Assert.Contains(_twins.Events[1], e => e.Kind == StreamEventKind.Message && e.Id == small);
        Assert.DoesNotContain(_twins.Events[1], e => e.Kind == StreamEventKind.Message && e.Id == bulk);
    }

    [Fact]
    public void Streams_share_a_tunnel_by_bytes()
    {
        var ids = Enumerable.Range(0, 4).Select(_ => Open(StreamLane.Association)).ToList();
        foreach (var id in ids)
        {
            for (var i = 0; i < 200; i++)
            {
                _twins.A.Send(id, new byte[1_000]);
            }
        }

        _twins.Run(TimeSpan.FromMilliseconds(120));

        var heard = ids.Select(id => _twins.Events[1].Count(e => e.Kind == StreamEventKind.Message && e.Id == id)).ToList();
        Assert.True(heard.Min() > 10);
        Assert.InRange(heard.Max() - heard.Min(), 0, 6);
    }

    [Fact]
    public void Two_messages_of_16_mib_and_one_of_1_mib_never_wait_for_each_other_half_received()
    {
        var lengths = new[] { StreamLimits.MaxMessageBytes, StreamLimits.MaxMessageBytes, 1 << 20, StreamLimits.MaxMessageBytes };
        var twins = new MuxTwins(new StreamLimits { LargeMessageBytes = StreamLimits.MaxMessageBytes + 16 });
        foreach (var length in lengths)
        {
            Assert.True(twins.A.TryOpen(StreamLane.Streams, out var id));
            Assert.NotEqual(SendOutcome.Refused, twins.A.Send(id, new byte[length]));
            twins.A.Finish(id);
        }

        twins.Run(TimeSpan.FromMinutes(1));

        var heard = twins.Events[1].Where(e => e.Kind == StreamEventKind.Message).Select(e => e.Message.Length);
        Assert.Equal(lengths.Order(), heard.Order());
    }

    /// <summary>200 messages of 60 kB on as many streams are more than the tunnel's window; they arrive in slices, all at the same time.</summary>
    [Fact]
    public void Many_half_received_messages_do_not_use_the_tunnels_credit_up()
    {
        var twins = new MuxTwins(new StreamLimits { TunnelWindowBytes = StreamLimits.InitialTunnelCredit });
        for (var i = 0; i < 200; i++)
        {
            Assert.True(twins.A.TryOpen(StreamLane.Streams, out var id));
            Assert.Equal(SendOutcome.Accepted, twins.A.Send(id, new byte[60_000]));
        }

        twins.Run(TimeSpan.FromMinutes(1));

        Assert.Equal(200, twins.Events[1].Count(e => e.Kind == StreamEventKind.Message));
    }

    [Fact]
    public void Nothing_more_arrives_than_the_window_when_nobody_takes_messages()
    {
        _twins.Takes = false;
        var id = Open(StreamLane.Streams);
        for (var i = 0; i < 500; i++)
        {
            _twins.A.Send(id, new byte[1_000]);
        }

        _twins.Run(TimeSpan.FromSeconds(10));
        Assert.Equal(65, Kinds(1).Count(kind => kind == StreamEventKind.Message));

        for (var i = 0; i < 65; i++)
        {
            _twins.B.Release(id, 1_000);
        }

        _twins.Takes = true;
        _twins.Run(TimeSpan.FromSeconds(10));
        Assert.Equal(500, Kinds(1).Count(kind => kind == StreamEventKind.Message));
    }

    [Fact]
    public void A_sender_is_told_to_stop_and_to_go_on()
    {
        var twins = new MuxTwins(new StreamLimits { SendHighWaterBytes = 10_000, SendStreamBytes = 20_000 });
        Assert.True(twins.A.TryOpen(StreamLane.Streams, out var id));
        Assert.Equal(SendOutcome.Accepted, twins.A.Send(id, new byte[5_000]));
        Assert.Equal(SendOutcome.AboveHighWater, twins.A.Send(id, new byte[15_000]));
        Assert.Equal(SendOutcome.Refused, twins.A.Send(id, new byte[1]));

        twins.Run(Second);

        Assert.Single(twins.Events[0], e => e.Kind == StreamEventKind.Writable && e.Id == id);
        Assert.Equal(SendOutcome.Accepted, twins.A.Send(id, new byte[1]));
    }

    [Fact]
    public void A_reset_ends_both_directions_at_both_ends()
    {
        var id = Open(StreamLane.Streams);
        _twins.A.Send(id, new byte[10]);
        _twins.Run(Second);
        _twins.B.Send(id, new byte[500_000]);
        _twins.A.Reset(id, 42);
        _twins.Run(Second);

        Assert.Equal(new StreamEnd(StreamEndReason.ResetHere, 42, true), End(0));
        Assert.Equal(StreamEndReason.ResetByPeer, End(1).Reason);
        Assert.Equal(42ul, End(1).Code);
        Assert.Equal(SendOutcome.Closed, _twins.B.Send(id, new byte[1]));
        AssertNothingHeld();
    }

    [Fact]
    public void A_cancelled_question_tells_the_peer_although_all_of_it_arrived()
    {
        var id = Open(StreamLane.Streams);
        _twins.A.Send(id, new byte[10]);
        _twins.A.Finish(id);
        _twins.Run(Second);

        _twins.A.Reset(id, 8);
        _twins.Run(Second);

        Assert.Equal(new StreamEnd(StreamEndReason.ResetByPeer, 8, false), End(1));
        AssertNothingHeld();
    }

    [Fact]
    public void What_never_went_into_a_packet_cannot_have_arrived()
    {
        var silent = Open(StreamLane.Streams);
        var spoken = Open(StreamLane.Streams);
        _twins.A.Send(spoken, new byte[10]);
        _twins.Drive(0);
        _twins.A.Send(silent, new byte[10]);

        _twins.A.End(StreamEndReason.PeerRestarted, 0);
        _twins.Drive(0);

        var ends = _twins.Events[0].Where(e => e.Kind == StreamEventKind.Ended).ToDictionary(e => e.Id, e => e.End);
        Assert.False(ends[silent].MayHaveArrived);
        Assert.True(ends[spoken].MayHaveArrived);
        Assert.Equal(StreamEndReason.PeerRestarted, ends[spoken].Reason);
    }

    [Fact]
    public void Closing_ends_all_streams_and_tells_the_peer_why()
    {
        var id = Open(StreamLane.Streams);
        _twins.A.Send(id, new byte[10]);
        _twins.Run(Second);

        _twins.A.Close(7, "done");
        _twins.Run(Second);

        Assert.Equal(new StreamEnd(StreamEndReason.TunnelClosed, 7, true), End(0));
        Assert.Equal(new StreamEnd(StreamEndReason.TunnelClosed, 7, false), End(1));
        var closed = Assert.Single(_twins.Events[1], e => e.Kind == StreamEventKind.PeerClosed);
        Assert.Equal((7ul, "done"), (closed.End.Code, closed.Reason));
        Assert.True(_twins.B.IsClosed);
        Assert.Null(_twins.A.NextTimeout);
        Assert.False(_twins.A.TryOpen(StreamLane.Streams, out _));
        Assert.Equal(SendOutcome.Closed, _twins.A.Send(id, new byte[1]));
    }

    [Fact]
    public void A_lost_close_is_told_again_when_the_peer_goes_on_sending()
    {
        _twins.Run(Second);
        _twins.Loses = (side, _) => side == 0;
        _twins.A.Close(1, "bye");
        _twins.Run(Second);
        Assert.False(_twins.B.IsClosed);

        _twins.Loses = (_, _) => false;
        _twins.B.Ping();
        _twins.Run(Second);

        Assert.True(_twins.B.IsClosed);
    }

    [Fact]
    public void The_limit_of_streams_rises_as_streams_end()
    {
        var ids = new List<StreamId>();
        while (_twins.A.TryOpen(StreamLane.Association, out var id))
        {
            ids.Add(id);
        }

        Assert.Equal(StreamLimits.InitialAssociationStreams, ids.Count);
        ids.ForEach(id => _twins.A.Reset(id, 0));
        _twins.Run(Second);

        Assert.True(_twins.A.TryOpen(StreamLane.Association, out _));
    }

    [Fact]
    public void After_a_failed_session_what_was_unacknowledged_is_sent_again_under_new_numbers()
    {
        var id = Open(StreamLane.Streams);
        _twins.A.Send(id, new byte[10_000]);
        var highest = 0ul;
        _twins.Loses = (_, number) => (highest = Math.Max(highest, number)) == number;
        _twins.Run(TimeSpan.FromMilliseconds(100));

        var numbers = new List<ulong>();
        _twins.Loses = (side, number) => Note(side, number, numbers);
        _twins.A.HandleReopened(_twins.Now);
        _twins.B.HandleReopened(_twins.Now);
        _twins.Run(Second);

        Assert.Single(_twins.Events[1], e => e.Kind == StreamEventKind.Message && e.Message.Length == 10_000);
        Assert.Equal(0, _twins.A.Statistics.QueuedBytes);
        Assert.All(numbers, number => Assert.True(number > highest));
    }

    [Fact]
    public void Packets_under_the_session_before_are_taken_and_acknowledged_like_any_other()
    {
        var id = Open(StreamLane.Streams);
        _twins.A.Send(id, new byte[100]);
        _twins.A.Send(id, new byte[200]);
        var frames = new byte[1_171];
        var written = _twins.A.WritePacket(frames, out var number, _twins.Now);

        Assert.Equal(
            FrameOutcome.Taken,
            _twins.B.HandlePacket(number, currentSession: false, EcnMark.NotCapable, frames.AsSpan(0, written), _twins.Now));
        Assert.Equal(1ul, _twins.B.NextExpected);
        _twins.Run(Second);

        Assert.True(_twins.A.IsIdle);
        Assert.Equal(0, _twins.A.Statistics.PacketsLost);
    }

    [Fact]
    public void A_packet_under_the_session_before_is_no_sign_that_the_peer_hears_us()
    {
        _twins.Run(Second);
        _twins.A.Ping();
        _twins.Drive(0);
        var asked = _twins.A.OldestUnansweredSend;

        _twins.A.HandlePacket(50, currentSession: false, EcnMark.NotCapable, [(byte)FrameType.Ping], _twins.Now);
        Assert.Equal(asked, _twins.A.OldestUnansweredSend);
        _twins.A.HandlePacket(51, currentSession: true, EcnMark.NotCapable, [(byte)FrameType.Ping], _twins.Now);
        Assert.NotNull(asked);
        Assert.Null(_twins.A.OldestUnansweredSend);
    }

    private static bool Note(int side, ulong number, List<ulong> numbers)
    {
        if (side == 0)
        {
            numbers.Add(number);
        }

        return false;
    }

    [Fact]
    public void Silence_of_the_peer_is_measured_from_the_first_unanswered_packet()
    {
        _twins.Run(Second);
        Assert.Null(_twins.A.OldestUnansweredSend);
        _twins.Pass(Second);
        var asked = _twins.Now;
        _twins.Loses = (_, _) => true;
        _twins.A.Ping();

        _twins.Run(TimeSpan.FromSeconds(5));

        Assert.Equal(asked, _twins.A.OldestUnansweredSend);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(StreamLimits.MaxMessageBytes + 1)]
    public void A_message_out_of_range_is_a_mistake_of_the_caller(int length)
    {
        var id = Open(StreamLane.Streams);

        Assert.Throws<ArgumentOutOfRangeException>(() => _twins.A.Send(id, new byte[length]));
    }

    private StreamId Open(StreamLane lane)
    {
        Assert.True(_twins.A.TryOpen(lane, out var id));
        return id;
    }

    private List<StreamEventKind> Kinds(int side) => [.. _twins.Events[side].Select(e => e.Kind)];

    private StreamEnd End(int side) => Assert.Single(_twins.Events[side], e => e.Kind == StreamEventKind.Ended).End;

    private void AssertNothingHeld()
    {
        foreach (var mux in (StreamMux[])[_twins.A, _twins.B])
        {
            Assert.True(mux.IsIdle);
            Assert.True(mux.Statistics is { OpenStreams: 0, QueuedBytes: 0, ReceivedBytes: 0, BytesInFlight: 0 });
        }
    }
}
