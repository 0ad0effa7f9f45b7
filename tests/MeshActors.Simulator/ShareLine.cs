using System.Text.Json.Serialization;

namespace MeshActors.Simulator;

/// <summary>Two flows on one bottleneck for a minute after ten seconds: the first one's share.</summary>
internal sealed record ShareLine(
    [property: JsonPropertyName("first")] string First,
    [property: JsonPropertyName("second")] string Second,
    [property: JsonPropertyName("buffer")] double Buffer,
    [property: JsonPropertyName("firstBegins")] string FirstBegins,
    [property: JsonPropertyName("sharePercent")] double SharePercent,
    [property: JsonPropertyName("linkPercent")] double LinkPercent,
    [property: JsonPropertyName("queueMeanMs")] double QueueMeanMs)
{
    [JsonPropertyName("kind")]
    public string Kind { get; } = "share";
}
