using System;
using System.Collections.Generic;
using System.Linq;
using MeshActors.Transport.Streams;
using Xunit;

namespace MeshActors.Transport.Tests.Streams;

public sealed class ControlLaneTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly MuxTwins _twins = new();

    [Fact]
    public void A_control_stream_carries_messages_both_ways_and_ends()
    {
        var id = Open(StreamLane.Control);
        _twins.A.Send(id, new byte[] { 1, 2, 3 });
        _twins.A.Finish(id);
        _twins.Run(Second);
        _twins.B.Send(id, new byte[] { 4 });
        _twins.B.Finish(id);
        _twins.Run(Second);

        Assert.Equal(3, Assert.Single(_twins.Events[1], e => e.Kind == StreamEventKind.Message).Message.Length);
        Assert.Equal(1, Assert.Single(_twins.Events[0], e => e.Kind == StreamEventKind.Message).Message.Length);
        Assert.Equal("control/0:0", id.ToString());
        Assert.True(_twins.A.Statistics is { OpenStreams: 0, QueuedBytes: 0, ReceivedBytes: 0 });
    }

    [Fact]
    public void A_heartbeat_goes_at_once_although_bulk_fills_window_and_pacer()
    {
        var heart = Open(StreamLane.Control);
        FillWindow();
        var sent = _twins.A.Statistics.PacketsSent;

        _twins.A.Send(heart, new byte[100]);
        _twins.Drive(0);

        Assert.Equal(sent + 1, _twins.A.Statistics.PacketsSent);
        _twins.Run(MuxTwins.Latency);
        Assert.Contains(_twins.Events[1], e => e.Kind == StreamEventKind.Message && e.Id == heart);
    }

    [Fact]
    public void Beyond_the_window_go_two_datagrams_in_a_round_trip_and_no_more()
    {
        var heart = Open(StreamLane.Control);
        FillWindow();
        var (sent, inFlight) = (_twins.A.Statistics.PacketsSent, _twins.A.Statistics.BytesInFlight);
        for (var i = 0; i < 20; i++)
        {
            _twins.A.Send(heart, new byte[1_000]);
        }

        _twins.Drive(0);

        Assert.InRange(_twins.A.Statistics.PacketsSent - sent, 1, 3);
        Assert.InRange(
            _twins.A.Statistics.BytesInFlight - inFlight, 1_000, ControlReserve.Bytes + ControlReserve.DatagramBytes);
        _twins.Run(Second);
        Assert.Equal(20, _twins.Events[1].Count(e => e.Kind == StreamEventKind.Message && e.Id == heart));
    }

    [Fact]
    public void Lost_control_bytes_go_before_lost_bulk()
    {
        var heart = Open(StreamLane.Control);
        var bulk = Open(StreamLane.Streams);
        _twins.Loses = (side, _) => side == 0;
        _twins.A.Send(bulk, new byte[9_000]);
        _twins.Drive(0);
        _twins.A.Send(heart, new byte[10]);
        _twins.Drive(0);
        _twins.A.HandleReopened(_twins.Now);

        var first = (ulong)_twins.A.Statistics.PacketsSent;
        _twins.Loses = (side, number) => side == 0 && number > first;
        _twins.Run(MuxTwins.Latency);

        Assert.Contains(_twins.Events[1], e => e.Kind == StreamEventKind.Message && e.Id == heart);
    }

    [Fact]
    public void Bulk_that_nobody_takes_leaves_the_control_lane_its_credit()
    {
        var bulk = Enumerable.Range(0, 200).Select(_ => Open(StreamLane.Streams)).ToHashSet();
        var heart = Open(StreamLane.Control);
        _twins.TakesOf = id => !bulk.Contains(id);
        foreach (var id in bulk)
        {
            for (var i = 0; i < 100; i++)
            {
                _twins.A.Send(id, new byte[1_000]);
            }
        }

        _twins.Run(TimeSpan.FromSeconds(5));
        Assert.True(_twins.B.Statistics.ReceivedBytes > StreamLimits.Default.TunnelWindowBytes - 100_000);
        for (var i = 0; i < 100; i++)
        {
            _twins.A.Send(heart, new byte[10_000]);
            _twins.Run(Second);
        }

        Assert.Equal(100, _twins.Events[1].Count(e => e.Kind == StreamEventKind.Message && e.Id == heart));
    }

    [Fact]
    public void A_control_stream_that_nobody_takes_holds_its_own_window_and_no_other()
    {
        var dead = Open(StreamLane.Control);
        var heart = Open(StreamLane.Control);
        var bulk = Open(StreamLane.Streams);
        _twins.TakesOf = id => id != dead;
        for (var i = 0; i < 7; i++)
        {
            _twins.A.Send(dead, new byte[16_000]);
        }

        Assert.Equal(SendOutcome.AboveHighWater, _twins.A.Send(dead, new byte[16_000]));
        Assert.Equal(SendOutcome.AboveHighWater, _twins.A.Send(dead, new byte[16_000]));
        Assert.Equal(SendOutcome.Refused, _twins.A.Send(dead, new byte[16_000]));
        _twins.A.Send(heart, new byte[10]);
        _twins.A.Send(bulk, new byte[1_000_000]);
        _twins.Run(TimeSpan.FromSeconds(10));

        Assert.Equal(4, _twins.Events[1].Count(e => e.Kind == StreamEventKind.Message && e.Id == dead));
        Assert.Contains(_twins.Events[1], e => e.Kind == StreamEventKind.Message && e.Id == heart);
        Assert.Contains(_twins.Events[1], e => e.Kind == StreamEventKind.Message && e.Id == bulk);
    }

    [Fact]
    public void Messages_queued_for_bulk_do_not_shut_the_control_lane_out()
    {
        var heart = Open(StreamLane.Control);
        var bulk = Enumerable.Range(0, 4).Select(_ => Open(StreamLane.Streams)).ToArray();
        for (var i = 0; i < 6; i++)
        {
            _twins.A.Send(bulk[i % 4], new byte[StreamLimits.MaxMessageBytes]);
        }

        Assert.Equal(SendOutcome.Refused, _twins.A.Send(bulk[0], new byte[1]));
        Assert.Equal(SendOutcome.Accepted, _twins.A.Send(heart, new byte[1]));
    }

    [Fact]
    public void A_message_longer_than_the_lane_allows_is_a_mistake_of_the_caller()
    {
        var id = Open(StreamLane.Control);

        Assert.Throws<ArgumentOutOfRangeException>(
            () => _twins.A.Send(id, new byte[StreamLimits.MaxControlMessageBytes + 1]));
        Assert.Equal(SendOutcome.Accepted, _twins.A.Send(id, new byte[StreamLimits.MaxControlMessageBytes]));
    }

    [Fact]
    public void The_limit_of_control_streams_rises_as_streams_end()
    {
        for (var round = 0; round < 5; round++)
        {
            var ids = new List<StreamId>();
            while (_twins.A.TryOpen(StreamLane.Control, out var id))
            {
                ids.Add(id);
            }

            Assert.Equal(StreamLimits.ControlStreams, ids.Count);
            ids.ForEach(id => _twins.A.Reset(id, 0));
            _twins.Run(Second);
        }
    }

    private StreamId Open(StreamLane lane)
    {
        Assert.True(_twins.A.TryOpen(lane, out var id));
        return id;
    }

    private void FillWindow()
    {
        _twins.Run(Second);
        _twins.A.Send(Open(StreamLane.Streams), new byte[1_000_000]);
        _twins.Drive(0);
        var statistics = _twins.A.Statistics;
        Assert.True(statistics.BytesInFlight + 1_200 > statistics.WindowBytes);
    }
}
