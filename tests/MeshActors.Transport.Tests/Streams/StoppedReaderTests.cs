using System;
using System.Collections.Generic;
using System.Linq;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Time;
using Xunit;

namespace MeshActors.Transport.Tests.Streams;

/// <summary>A reader that stops reading one stream delays no other, whatever the lanes of both.</summary>
public sealed class StoppedReaderTests
{
    private const int Beats = 50;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    public static TheoryData<int, int> Lanes
    {
        get
        {
            var all = new TheoryData<int, int>();
            foreach (var stopped in Enum.GetValues<StreamLane>())
            {
                foreach (var other in Enum.GetValues<StreamLane>())
                {
                    all.Add((int)stopped, (int)other);
                }
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Lanes))]
    public void One_stream_that_is_not_read_delays_no_other(int stopped, int other)
    {
        var (with, counted) = Delays((StreamLane)stopped, (StreamLane)other, fill: true);
        var (without, _) = Delays((StreamLane)stopped, (StreamLane)other, fill: false);

        Assert.Equal(Beats, with.Count);
        Assert.Equal(1, counted);
        Assert.InRange((with.Max() - without.Max()).TotalMilliseconds, -1, 1);
    }

    /// <summary>Fills a stream that nobody reads, then sends messages on another.</summary>
    /// <returns>How long each was under way, and how many streams the sender's figures name as waiting for credit.</returns>
    private static (List<TimeSpan> Delays, int Waiting) Delays(StreamLane stopped, StreamLane other, bool fill)
    {
        var link = new LinkTwins(100e6, TimeSpan.FromMilliseconds(10), bufferBytes: 1_000_000);
        Assert.True(link.Muxes[0].TryOpen(stopped, out var dead));
        Assert.True(link.Muxes[0].TryOpen(other, out var alive));
        var delays = new List<TimeSpan>();
        var sent = new Queue<MonoTime>();
        link.Takes = (_, id) => id != dead;
        link.OnEvent = (side, happened) =>
        {
            if (side == 1 && happened.Kind == StreamEventKind.Message && happened.Id == alive)
            {
                delays.Add(link.Now - sent.Dequeue());
            }
        };
        while (fill && link.Muxes[0].Send(dead, new byte[10_000]) == SendOutcome.Accepted)
        {
        }

        link.RunTo(link.Now + TimeSpan.FromSeconds(5));
        var waiting = link.Muxes[0].Statistics.StreamsWaitingForCredit;
        for (var beat = 0; beat < Beats; beat++)
        {
            sent.Enqueue(link.Now);
            link.Muxes[0].Send(alive, new byte[1_000]);
            link.RunTo(link.Now + Interval);
        }

        return (delays, waiting);
    }
}
