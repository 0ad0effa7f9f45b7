using System.Text.Json.Serialization;

namespace MeshActors.NatLab.Matrix;

/// <summary>What became of two real nodes that talked while something died.</summary>
internal sealed record CutLine(
    [property: JsonPropertyName("kind")] string Kind,
    [property: JsonPropertyName("harm")] string Harm,
    [property: JsonPropertyName("run")] int Run,
    [property: JsonPropertyName("pathBefore")] string? PathBefore,
    [property: JsonPropertyName("pathAfter")] string? PathAfter,
    [property: JsonPropertyName("worstGapMs")] double WorstGapMs,
    [property: JsonPropertyName("heard")] long Heard,
    [property: JsonPropertyName("error")] string? Error,
    [property: JsonPropertyName("mismatch")] string? Mismatch);
