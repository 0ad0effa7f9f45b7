using System.Text.Json.Serialization;

namespace MeshActors.Simulator;

/// <summary>The line of one seed that failed, or of each when only one is played.</summary>
internal sealed record SeedLine(
    [property: JsonPropertyName("kind")] string Kind,
    [property: JsonPropertyName("seed")] ulong Seed,
    [property: JsonPropertyName("failure")] string? Failure,
    [property: JsonPropertyName("messages")] long Messages,
    [property: JsonPropertyName("packets")] long Packets,
    [property: JsonPropertyName("simulatedSeconds")] double SimulatedSeconds,
    [property: JsonPropertyName("traceHash")] string TraceHash);
