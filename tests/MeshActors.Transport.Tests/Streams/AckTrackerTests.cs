using System;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Time;
using MeshActors.Transport.Wire;
using Xunit;

namespace MeshActors.Transport.Tests.Streams;

public sealed class AckTrackerTests
{
    private static readonly MonoTime Start = new(0);
    private static readonly RoundTripInUse RoundTrip = new();

    private readonly AckTracker _tracker = new(maxRanges: 4, RoundTrip);

    [Fact]
    public void One_packet_is_acknowledged_after_5_ms()
    {
        _tracker.HandlePacket(0, eliciting: true, EcnMark.NotCapable, Start);

        Assert.False(_tracker.IsDue(Start));
        Assert.Equal(Start + TimeSpan.FromMilliseconds(5), _tracker.NextTimeout);
        Assert.True(_tracker.IsDue(Start + TimeSpan.FromMilliseconds(5)));
    }

    [Fact]
    public void The_second_packet_is_acknowledged_at_once()
    {
        _tracker.HandlePacket(0, eliciting: true, EcnMark.NotCapable, Start);
        _tracker.HandlePacket(1, eliciting: true, EcnMark.NotCapable, Start);

        Assert.True(_tracker.IsDue(Start));
    }

    [Theory]
    [InlineData(2ul)]
    [InlineData(9ul)]
    public void A_gap_is_told_at_once(ulong number)
    {
        _tracker.HandlePacket(0, eliciting: true, EcnMark.NotCapable, Start);
        _tracker.Write(new byte[100], 0, Start, out _);

        _tracker.HandlePacket(number, eliciting: true, EcnMark.NotCapable, Start);

        Assert.True(_tracker.IsDue(Start));
    }

    [Fact]
    public void Content_that_an_acknowledgement_overtook_is_still_the_newest_content()
    {
        Assert.Equal(PacketFreshness.Newest, _tracker.HandlePacket(5, eliciting: false, EcnMark.NotCapable, Start));
        Assert.Equal(PacketFreshness.NewestContent, _tracker.HandlePacket(3, eliciting: true, EcnMark.NotCapable, Start));

        Assert.Equal(PacketFreshness.Late, _tracker.HandlePacket(2, eliciting: true, EcnMark.NotCapable, Start));
        Assert.Equal(PacketFreshness.Late, _tracker.HandlePacket(4, eliciting: false, EcnMark.NotCapable, Start));
    }

    [Fact]
    public void Acknowledgements_are_not_acknowledged()
    {
        for (var number = 0ul; number < 10; number++)
        {
            _tracker.HandlePacket(number, eliciting: false, EcnMark.NotCapable, Start);
        }

        Assert.False(_tracker.IsDue(Start + TimeSpan.FromHours(1)));
        Assert.Null(_tracker.NextTimeout);
    }

    [Fact]
    public void Writing_settles_what_was_due()
    {
        _tracker.HandlePacket(0, eliciting: true, EcnMark.NotCapable, Start);
        _tracker.HandlePacket(1, eliciting: true, EcnMark.NotCapable, Start);

        Assert.True(_tracker.Write(new byte[100], 0, Start, out var largest) > 0);

        Assert.Equal(1ul, largest);
        Assert.Null(_tracker.NextTimeout);
        Assert.False(_tracker.IsDue(Start));
    }

    [Fact]
    public void Ranges_have_a_bound_and_end_when_the_peer_knows_them()
    {
        for (var number = 0ul; number < 40; number += 2)
        {
            _tracker.HandlePacket(number, eliciting: true, EcnMark.NotCapable, Start);
        }

        Assert.Equal(4, _tracker.Ranges);
        _tracker.HandleAckAcked(38, 0);
        Assert.Equal(1, _tracker.Ranges);
    }

    [Fact]
    public void A_packet_that_came_after_the_frame_was_written_is_told_of_in_the_next_one()
    {
        _tracker.HandlePacket(5, eliciting: true, EcnMark.NotCapable, Start);
        _tracker.Write(new byte[100], carrier: 1, Start, out var largest);
        _tracker.HandlePacket(2, eliciting: true, EcnMark.NotCapable, Start);

        _tracker.HandleAckAcked(largest, carrier: 1);
        Assert.Equal(2, _tracker.Ranges);

        _tracker.Write(new byte[100], carrier: 2, Start, out largest);
        _tracker.HandleAckAcked(largest, carrier: 1);
        Assert.Equal(2, _tracker.Ranges);
        _tracker.HandleAckAcked(largest, carrier: 2);
        Assert.Equal(1, _tracker.Ranges);
    }

    [Fact]
    public void Marks_are_counted_once_for_each_packet()
    {
        EcnMark[] marks =
            [EcnMark.Capable0, EcnMark.CongestionExperienced, EcnMark.NotCapable, EcnMark.Capable0, EcnMark.Capable1];
        for (var number = 0; number < marks.Length; number++)
        {
            _tracker.HandlePacket((ulong)number, eliciting: true, marks[number], Start);
            _tracker.HandlePacket((ulong)number, eliciting: true, EcnMark.CongestionExperienced, Start);
        }

        Assert.Equal(new EcnCounts(2, 1, 1), _tracker.Marks);
    }

    [Theory]
    [InlineData(8, 2)]
    [InlineData(80, 10)]
    [InlineData(1_000, 16)]
    public void Eight_acknowledgements_or_more_are_sent_in_a_round_trip(int inRoundTrip, int shareOne)
    {
        var roundTrip = new RoundTripInUse();
        roundTrip.Current.HandleSample(TimeSpan.FromMilliseconds(100), TimeSpan.Zero);
        var pace = new AckPace(roundTrip);
        for (var i = 0; i < 4 * inRoundTrip; i++)
        {
            pace.HandlePacket(Start + TimeSpan.FromMilliseconds(100.0 * i / inRoundTrip));
        }

        Assert.InRange(pace.Packets, shareOne - 1, shareOne);
    }

    [Fact]
    public void Before_the_first_round_trip_is_known_two_packets_share_an_acknowledgement()
    {
        var pace = new AckPace(new RoundTripInUse());
        for (var i = 0; i < 1_000; i++)
        {
            pace.HandlePacket(Start + TimeSpan.FromMilliseconds(i));
        }

        Assert.Equal(2, pace.Packets);
    }
}
