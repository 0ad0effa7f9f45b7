using System.Text.Json.Serialization;

namespace MeshActors.NatLab;

/// <summary>What was measured of one kind.</summary>
internal sealed record KindLine(
    [property: JsonPropertyName("kind")] string Kind,
    [property: JsonPropertyName("nat")] string Nat,
    [property: JsonPropertyName("mapping")] string? Mapping,
    [property: JsonPropertyName("filtering")] string? Filtering,
    [property: JsonPropertyName("ports")] string? Ports,
    [property: JsonPropertyName("hairpin")] bool? Hairpin,
    [property: JsonPropertyName("stun")] string Stun,
    [property: JsonPropertyName("mismatch")] string? Mismatch);
