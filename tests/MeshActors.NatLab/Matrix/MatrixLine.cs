using System.Text.Json.Serialization;

namespace MeshActors.NatLab.Matrix;

/// <summary>What became of one pair of real nodes.</summary>
internal sealed record MatrixLine(
    [property: JsonPropertyName("kind")] string Kind,
    [property: JsonPropertyName("a")] string A,
    [property: JsonPropertyName("b")] string B,
    [property: JsonPropertyName("oracle")] string Oracle,
    [property: JsonPropertyName("run")] int Run,
    [property: JsonPropertyName("path")] string Path,
    [property: JsonPropertyName("expectedPath")] string ExpectedPath,
    [property: JsonPropertyName("firstByteMs")] double? FirstByteMs,
    [property: JsonPropertyName("directMs")] double? DirectMs,
    [property: JsonPropertyName("mismatch")] string? Mismatch);
