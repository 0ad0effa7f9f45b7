using System;
using System.Collections.Generic;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Time;
using Xunit;

namespace MeshActors.Transport.Tests.Streams;

/// <summary>What a message of 16 MiB on a link of 100 Mbit/s does to heartbeats beside it.</summary>
public sealed class HeartbeatDelayTests
{
    private const double BitsPerSecond = 100e6;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(7);
    private static readonly TimeSpan PacketTime = TimeSpan.FromSeconds((1200 + 28) * 8 / BitsPerSecond);

    /// <summary>The link's buffer is without end: so nothing is lost, and all that bulk may put in flight stands in it.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(30)]
    [InlineData(100)]
    public void Its_sender_never_lets_a_heartbeat_wait(int roundTripMs)
    {
        var link = new LinkTwins(BitsPerSecond, TimeSpan.FromMilliseconds(roundTripMs), bufferBytes: int.MaxValue);
        var beats = Beat(link, messages: 1);

        Assert.True(beats.Count > 100);
        Assert.All(beats, beat => Assert.InRange(beat.Waited, TimeSpan.Zero, PacketTime));
    }

    /// <summary>
    /// The queue that bulk builds in the link counts, and so does a heartbeat that is lost there. Nothing is known of the path when the first message begins; heartbeats beside the
    /// two after it count as well.
    /// </summary>
    [Theory]
    [InlineData(1, 50)]
    [InlineData(5, 50)]
    [InlineData(10, 5)]
    [InlineData(10, 10)]
    [InlineData(10, 40)]
    [InlineData(20, 20)]
    [InlineData(30, 5)]
    [InlineData(30, 30)]
    [InlineData(30, 120)]
    [InlineData(60, 60)]
    [InlineData(100, 100)]
    [InlineData(100, 400)]
    public void Also_on_a_path_nothing_is_known_of_it_delays_no_heartbeat_by_more_than_5_ms_and_a_packet(int roundTripMs, int bufferMs)
    {
        var buffer = (int)(BitsPerSecond / 8 * bufferMs / 1000);
        var link = new LinkTwins(BitsPerSecond, TimeSpan.FromMilliseconds(roundTripMs), buffer);
        var beats = Beat(link, messages: 3);

        Assert.True(beats.FindAll(beat => beat.Message == 0).Count > 200);
        Assert.True(beats.FindAll(beat => beat.Message > 0).Count > 300);
        Assert.All(beats, beat => Assert.InRange(beat.Extra, TimeSpan.Zero, TimeSpan.FromMilliseconds(5) + PacketTime));
    }

    /// <summary>Sends a heartbeat every <see cref="Interval"/> until the long messages, one after the other, have arrived.</summary>
    /// <returns>
    /// Of each: how long it was under way beyond what an empty link takes, how much of that it waited at its sender, and how many long messages had
    /// arrived when it left.
    /// </returns>
    private static List<(TimeSpan Extra, TimeSpan Waited, int Message)> Beat(LinkTwins link, int messages)
    {
        var sent = new Queue<(MonoTime At, TimeSpan Queue, int Message)>();
        var beats = new List<(TimeSpan, TimeSpan, int)>();
        var (arrived, begun) = (0, 0);
        Assert.True(link.Muxes[0].TryOpen(StreamLane.Control, out var heart));
        Assert.True(link.Muxes[0].TryOpen(StreamLane.Streams, out var bulk));
        link.OnEvent = (side, happened) =>
        {
            if (side == 1 && happened.Kind == StreamEventKind.Message)
            {
                arrived += happened.Id == bulk ? 1 : 0;
                if (happened.Id == heart)
                {
                    var (at, queue, message) = sent.Dequeue();
                    var extra = link.Now - at - link.Latency;
                    beats.Add((extra, extra - queue, message));
                }
            }
        };
        for (var beat = 0; arrived < messages; beat++)
        {
            if (beat >= 20 && begun == arrived)
            {
                begun++;
                link.Muxes[0].Send(bulk, new byte[StreamLimits.MaxMessageBytes]);
                link.Drive(0);
            }

            sent.Enqueue((link.Now, link.QueueDelay(0), arrived));
            link.Muxes[0].Send(heart, new byte[100]);
            link.RunTo(link.Now + Interval);
        }

        return beats;
    }
}
