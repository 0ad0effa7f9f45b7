using System.Text.Json;
using System.Text.Json.Serialization;

namespace MeshActors.Benchmarks.Children;

/// <summary>How commands and answers are written: camel case, one line.</summary>
internal static class ChildLines
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter() },
    };

    public static string Write<T>(T line) => JsonSerializer.Serialize(line, Options);

    public static T Read<T>(string line) =>
        JsonSerializer.Deserialize<T>(line, Options) ?? throw new JsonException("An empty line.");
}
