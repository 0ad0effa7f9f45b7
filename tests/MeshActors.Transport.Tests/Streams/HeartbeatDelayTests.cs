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
        var beats = Beat(link);

        Assert.True(beats.Count > 100);
        Assert.All(beats, beat => Assert.InRange(beat.Waited, TimeSpan.Zero, PacketTime));
    }

    /// <summary>Sends a heartbeat every <see cref="Interval"/> until the long message has arrived.</summary>
    /// <returns>Of each: how long it was under way beyond what an empty link takes, and how much of that it waited at its sender.</returns>
    private static List<(TimeSpan Extra, TimeSpan Waited)> Beat(LinkTwins link)
    {
        var sent = new Queue<(MonoTime At, TimeSpan Queue)>();
        var beats = new List<(TimeSpan, TimeSpan)>();
        var arrived = false;
        Assert.True(link.Muxes[0].TryOpen(StreamLane.Control, out var heart));
        Assert.True(link.Muxes[0].TryOpen(StreamLane.Streams, out var bulk));
        link.OnEvent = (side, happened) =>
        {
            if (side == 1 && happened.Kind == StreamEventKind.Message)
            {
                arrived |= happened.Id == bulk;
                if (happened.Id == heart)
                {
                    var (at, queue) = sent.Dequeue();
                    var extra = link.Now - at - link.Latency;
                    beats.Add((extra, extra - queue));
                }
            }
        };
        for (var beat = 0; !arrived; beat++)
        {
            if (beat == 20)
            {
                link.Muxes[0].Send(bulk, new byte[StreamLimits.MaxMessageBytes]);
                link.Drive(0);
            }

            sent.Enqueue((link.Now, link.QueueDelay(0)));
            link.Muxes[0].Send(heart, new byte[100]);
            link.RunTo(link.Now + Interval);
        }

        return beats;
    }
}
