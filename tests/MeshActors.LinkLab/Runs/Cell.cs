using System;
using System.Globalization;
using System.Text.Json.Serialization;
using MeshActors.LinkLab.Link;

namespace MeshActors.LinkLab.Runs;

/// <summary>One setting of the link, as the tables name it.</summary>
/// <param name="RateMbit">Millions of bits a second, whole IP packets.</param>
/// <param name="RoundTripMs">Round trip of an empty link; half of it in each direction.</param>
/// <param name="LossPercent">How many of a hundred are lost by chance, in each direction.</param>
/// <param name="BufferBdp">Queue in front of the link, in products of rate and round trip.</param>
internal sealed record Cell(
    [property: JsonPropertyName("rateMbit")] double RateMbit,
    [property: JsonPropertyName("rttMs")] double RoundTripMs,
    [property: JsonPropertyName("lossPercent")] double LossPercent,
    [property: JsonPropertyName("bufferBdp")] double BufferBdp)
{
    /// <summary>No queue is shorter than this: at 1 Mbit/s and 1 ms a whole product is less than a packet.</summary>
    private const long ShortestQueueBytes = 8 * 1_500;

    private const double BitsPerMbit = 1e6;

    /// <summary>A token bucket of this rate in front of the queue; null is none.</summary>
    [JsonPropertyName("policerMbit")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? PolicerMbit { get; init; }

    /// <summary>True to mark instead of waiting for drops: above half of the queue.</summary>
    [JsonPropertyName("marks")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Marks { get; init; }

    /// <summary>Longest packet that passes.</summary>
    [JsonPropertyName("mtu")]
    public int Mtu { get; init; } = 1_500;

    /// <summary>What each direction does.</summary>
    [JsonIgnore]
    public LinkShape Shape
    {
        get
        {
            var plain = new LinkShape(RateMbit * BitsPerMbit, TimeSpan.FromMilliseconds(RoundTripMs / 2), 0, LossPercent)
            {
                Mtu = Mtu,
            };
            var queue = Math.Max(ShortestQueueBytes, (long)(plain.BandwidthDelayBytes * BufferBdp));
            return plain with
            {
                QueueBytes = queue,
                MarkAboveBytes = Marks ? queue / 2 : null,
                Policer = PolicerMbit is { } rate
                    ? new Policer(rate * BitsPerMbit, Math.Max(ShortestQueueBytes, (long)plain.BandwidthDelayBytes / 2))
                    : null,
            };
        }
    }

    /// <summary>Time a flow is given to find its rate before it is measured.</summary>
    [JsonIgnore]
    public TimeSpan Ramp => TimeSpan.FromMilliseconds(Math.Max(3_000, 20 * RoundTripMs));

    /// <summary>Time over which it is measured.</summary>
    [JsonIgnore]
    public TimeSpan Measured => TimeSpan.FromMilliseconds(Math.Max(RateMbit < 5 ? 10_000 : 6_000, 30 * RoundTripMs));

    /// <summary>Length of our messages: small enough that a second has several.</summary>
    [JsonIgnore]
    public int MessageBytes => RateMbit < 50 ? 16 * 1024 : 64 * 1024;

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{RateMbit} Mbit/s, {RoundTripMs} ms, {LossPercent} %, {BufferBdp} BDP");
}
