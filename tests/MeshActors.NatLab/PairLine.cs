using System.Text.Json.Serialization;

namespace MeshActors.NatLab;

/// <summary>Whether two hosts came to talk by plain datagrams, without guessing ports.</summary>
internal sealed record PairLine(
    [property: JsonPropertyName("kind")] string Kind,
    [property: JsonPropertyName("a")] string A,
    [property: JsonPropertyName("b")] string B,
    [property: JsonPropertyName("oracle")] string Oracle,
    [property: JsonPropertyName("found")] bool Found,
    [property: JsonPropertyName("mismatch")] bool Mismatch);
