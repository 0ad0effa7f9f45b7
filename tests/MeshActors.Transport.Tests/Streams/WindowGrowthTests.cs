using System;
using System.Collections.Generic;
using System.Linq;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Time;
using Xunit;

namespace MeshActors.Transport.Tests.Streams;

public sealed class WindowGrowthTests
{
    private static readonly TimeSpan RoundTrip = TimeSpan.FromMilliseconds(100);

    private readonly RoundTripInUse _roundTrip = new();

    [Fact]
    public void A_window_used_up_within_two_round_trips_doubles()
    {
        _roundTrip.Current.HandleSample(RoundTrip, TimeSpan.Zero);
        var credit = new TunnelCredit(1000);
        var growth = new WindowGrowth(StreamLimits.Default, _roundTrip);
        growth.Tune(credit, At(0));
        Take(credit, 499);
        growth.Tune(credit, At(10));
        Assert.Equal(1000, credit.WindowBytes);

        Take(credit, 1);
        growth.Tune(credit, At(100));
        Assert.Equal(2000, credit.WindowBytes);

        Take(credit, 2000);
        growth.Tune(credit, At(301));
        Assert.Equal(2000, credit.WindowBytes);
    }

    [Fact]
    public void A_window_used_up_behind_a_gap_counts_however_long_the_gap_took_to_fill()
    {
        Assert.True(UsesUpBehindGap(bytes: 60_000, takes: true));
        Assert.False(UsesUpBehindGap(bytes: 50_000, takes: true));
        Assert.False(UsesUpBehindGap(bytes: 60_000, takes: false));
    }

    [Fact]
    public void Credit_of_all_streams_used_up_behind_gaps_grows_once_for_each_time()
    {
        _roundTrip.Current.HandleSample(RoundTrip, TimeSpan.Zero);
        var credit = new TunnelCredit(1_000_000);
        var growth = new WindowGrowth(StreamLimits.Default, _roundTrip);
        growth.Tune(credit, At(0));
        credit.Apply(default, new ReceiveAccount(StreamLimits.InitialTunnelCredit, 0, 0, 1));
        growth.Tune(credit, At(9_000));
        Assert.Equal(2_000_000, credit.WindowBytes);

        growth.Tune(credit, At(18_000));
        Assert.Equal(2_000_000, credit.WindowBytes);
    }

    [Fact]
    public void Nothing_grows_before_the_first_sample_of_the_round_trip()
    {
        var credit = new TunnelCredit(1000);
        var growth = new WindowGrowth(StreamLimits.Default, _roundTrip);
        for (var i = 0; i < 10; i++)
        {
            Take(credit, 1000);
            growth.Tune(credit, At(i));
        }

        Assert.Equal(1000, credit.WindowBytes);
    }

    [Fact]
    public void Streams_grow_up_to_a_bound_of_all_and_give_their_part_back_at_their_end()
    {
        var limits = new StreamLimits { WindowGrowthBytes = 3 * StreamLimits.InitialStreamCredit };
        var link = new LinkTwins(1e9, RoundTrip, bufferBytes: 20_000_000, limits);
        var ids = new List<StreamId>();
        for (var i = 0; i < 5; i++)
        {
            Assert.True(link.Muxes[0].TryOpen(StreamLane.Streams, out var id));
            ids.Add(id);
            for (var message = 0; message < 400; message++)
            {
                link.Muxes[0].Send(id, new byte[10_000]);
            }
        }

        link.RunTo(At(2_000));
        Assert.Equal(0, link.Muxes[1].WindowGrowthLeft);

        ids.ForEach(id => link.Muxes[0].Reset(id, 0));
        link.RunTo(At(4_000));
        Assert.Equal(limits.WindowGrowthBytes, link.Muxes[1].WindowGrowthLeft);
    }

    [Theory]
    [InlineData(100, 60_000, 0.7)]
    [InlineData(100, 1_000, 0.7)]
    [InlineData(30, 1_000_000, 0.7)]
    public void One_stream_fills_a_long_path(int roundTripMs, int messageBytes, double share)
    {
        const double BitsPerSecond = 100e6;
        var link = new LinkTwins(BitsPerSecond, TimeSpan.FromMilliseconds(roundTripMs), bufferBytes: 1_250_000);
        var received = 0L;
        Assert.True(link.Muxes[0].TryOpen(StreamLane.Streams, out var id));
        link.OnEvent = (side, happened) =>
        {
            received += side == 1 ? happened.Message.Length : 0;
            if (side == 0 && happened.Kind == StreamEventKind.Writable)
            {
                Fill();
            }
        };

        Fill();
        link.RunTo(At(4_000));
        received = 0;
        link.RunTo(At(8_000));

        Assert.True(received > share * 4 * BitsPerSecond / 8, $"{received / 4e6} MB/s");

        void Fill()
        {
            while (link.Muxes[0].Send(id, new byte[messageBytes]) == SendOutcome.Accepted)
            {
            }
        }
    }

    [Fact]
    public void Long_messages_that_were_granted_before_their_window_grew_give_the_budget_back()
    {
        var grew = false;
        var twins = new MuxTwins(new StreamLimits { LargeMessageBytes = StreamLimits.MaxMessageBytes + 16 });
        for (var round = 0; round < 60; round++)
        {
            Assert.True(twins.A.TryOpen(StreamLane.Streams, out var id));
            for (var i = 0; i < 8; i++)
            {
                twins.A.Send(id, new byte[70_000 + (i * 100_000)]);
            }

            twins.A.Finish(id);
            twins.Run(TimeSpan.FromSeconds(2));
            grew |= twins.B.WindowGrowthLeft < StreamLimits.Default.WindowGrowthBytes;
            twins.B.Finish(id);
        }

        Assert.True(twins.A.TryOpen(StreamLane.Streams, out var last));
        twins.A.Send(last, new byte[StreamLimits.MaxMessageBytes]);
        twins.Run(TimeSpan.FromMinutes(1));

        var heard = twins.Events[1].Count(e => e.Kind == StreamEventKind.Message);
        Assert.Equal((60 * 8) + 1, heard);
        Assert.Equal(StreamLimits.MaxMessageBytes + 16, twins.B.LargeMessageBytesLeft);
        Assert.True(grew);
    }

    /// <summary>The last of two messages comes first, and seconds later the rest.</summary>
    private static bool UsesUpBehindGap(int bytes, bool takes)
    {
        const int Early = 1_000;
        var stream = new ReceiveStream(StreamLimits.InitialStreamCredit, StreamLimits.MaxMessageBytes);
        var events = new StreamEvents();
        var messages = new byte[][] { new byte[bytes / 2], new byte[bytes / 2] };
        var all = MessageQueueTests.Concatenate(messages);
        Assert.False(stream.IsWindowUsedUpWithin(2 * RoundTrip, At(0)));
        ReceiveStreamTests.Receive(stream, events, all, Early, all.Length - Early);
        ReceiveStreamTests.Receive(stream, events, all, 0, Early);
        if (takes)
        {
            stream.Release(messages[0].Length);
            stream.Release(messages[1].Length);
        }

        return stream.IsWindowUsedUpWithin(2 * RoundTrip, At(9_000));
    }

    private static MonoTime At(int milliseconds) => new(milliseconds * TimeSpan.TicksPerMillisecond);

    private static void Take(TunnelCredit credit, long bytes) =>
        credit.Apply(default, new ReceiveAccount(bytes, 0, bytes, 0));
}
