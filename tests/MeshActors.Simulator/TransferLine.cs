using System.Text.Json.Serialization;

namespace MeshActors.Simulator;

/// <summary>A transfer of some length from a cold start on a 100 Mbit/s link of 30 ms.</summary>
internal sealed record TransferLine(
    [property: JsonPropertyName("controller")] string Controller,
    [property: JsonPropertyName("lossPercent")] double LossPercent,
    [property: JsonPropertyName("megabytes")] int Megabytes,
    [property: JsonPropertyName("megabytesPerSecond")] double MegabytesPerSecond)
{
    [JsonPropertyName("kind")]
    public string Kind { get; } = "transfer";
}
