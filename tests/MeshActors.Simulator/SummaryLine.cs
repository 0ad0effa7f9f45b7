using System.Collections.Generic;
using System.Text.Json.Serialization;

namespace MeshActors.Simulator;

/// <summary>The last line.</summary>
internal sealed record SummaryLine(
    [property: JsonPropertyName("kind")] string Kind,
    [property: JsonPropertyName("bench")] string Bench,
    [property: JsonPropertyName("pass")] bool Pass,
    [property: JsonPropertyName("world")] string World,
    [property: JsonPropertyName("seeds")] int Seeds,
    [property: JsonPropertyName("failures")] int Failures,
    [property: JsonPropertyName("failedSeeds")] IReadOnlyList<ulong> FailedSeeds,
    [property: JsonPropertyName("simulatedHours")] double SimulatedHours,
    [property: JsonPropertyName("messages")] long Messages,
    [property: JsonPropertyName("traceHash")] string TraceHash);
