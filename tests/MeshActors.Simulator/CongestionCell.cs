using System;
using System.Text.Json.Serialization;
using MeshActors.TestKit.Congestion;
using MeshActors.Transport.Congestion;

namespace MeshActors.Simulator;

/// <summary>One cell of the matrix: a path, a controller, and what came out.</summary>
internal sealed record CongestionCell(
    [property: JsonPropertyName("controller")] string Controller,
    [property: JsonPropertyName("mbits")] double Mbits,
    [property: JsonPropertyName("rttMs")] double RoundTripMs,
    [property: JsonPropertyName("lossPercent")] double LossPercent,
    [property: JsonPropertyName("buffer")] string Buffer,
    [property: JsonPropertyName("seconds")] double Seconds,
    [property: JsonPropertyName("goodputPercent")] double GoodputPercent,
    [property: JsonPropertyName("queueMeanMs")] double QueueMeanMs,
    [property: JsonPropertyName("queueP95Ms")] double QueueP95Ms,
    [property: JsonPropertyName("lostPercent")] double LostPercent)
{
    [JsonPropertyName("kind")]
    public string Kind { get; } = "cell";

    /// <summary>Plays a cell: time to settle, then time that is measured; less of both where packets are many.</summary>
    public static CongestionCell Play(SimPath path, CongestionControl control)
    {
        var isFast = path.BitsPerSecond >= 1e9;
        var settle = Longer(TimeSpan.FromSeconds(isFast ? 1 : 3), (isFast ? 30 : 40) * path.RoundTrip);
        var measured = Longer(TimeSpan.FromSeconds(isFast ? 1 : 10), (isFast ? 10 : 60) * path.RoundTrip);
        var world = new SimFlows(path, seed: 1);
        var flow = world.Add(control);
        world.Run(settle);
        var before = flow.DeliveredBytes;
        var sent = flow.Sender.Statistics;
        world.Delays.Clear();
        world.Run(measured);
        var after = flow.Sender.Statistics;
        var goodput = (flow.DeliveredBytes - before) / measured.TotalSeconds / path.BytesPerSecond;
        return new CongestionCell(
            control.ToString().ToLowerInvariant(),
            path.BitsPerSecond / 1e6,
            path.RoundTrip.TotalMilliseconds,
            path.LossPercent,
            path.IsPolicer ? "policer" : FormattableString.Invariant($"{path.BufferProducts}"),
            Math.Round((settle + measured).TotalSeconds, 1),
            Math.Round(100 * goodput, 1),
            Math.Round(world.Delays.MeanMilliseconds, 2),
            Math.Round(world.Delays.Percentile(95), 2),
            Math.Round(100.0 * (after.PacketsLost - sent.PacketsLost) / Math.Max(1, after.PacketsSent - sent.PacketsSent), 2));
    }

    private static TimeSpan Longer(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
