using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace MeshActors.Capabilities;

/// <summary>How typed payloads become JSON and are checked on arrival: what does not fit the type is refused.</summary>
internal static class StrictJson
{
    /// <summary>
    /// camelCase members and enum names; refused are unknown and repeated members, missing required ones, null where
    /// the type rules it out, numbers in strings, enums as numbers, and nesting beyond 64.
    /// </summary>
    public static readonly JsonSerializerOptions Options = Create();

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions(JsonSerializerOptions.Strict)
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            DictionaryKeyPolicy = null,
            MaxDepth = CapabilityBounds.MaxDepth,
            TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
        };
        options.MakeReadOnly();
        return options;
    }
}
