using System;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;

namespace MeshActors.Capabilities;

/// <summary>The JSON Schema of a .NET type, as <see cref="StrictJson"/> reads and writes it.</summary>
/// <remarks>
/// The exporter speaks draft 2020-12, the validator an older one. The few places where they part are rewritten: a schema
/// of <c>true</c> becomes <c>{}</c>, and the format <c>time</c>, which asks for an offset that TimeOnly has not, goes.
/// </remarks>
internal static class SchemaExport
{
    private static readonly JsonSchemaExporterOptions ExporterOptions = new()
    {
        TreatNullObliviousAsNonNullable = true,
        TransformSchemaNode = Rewrite,
    };

    /// <summary>Exports the schema of <paramref name="type"/>, on one line.</summary>
    /// <exception cref="ArgumentException">
    /// The type has no JSON form, or its schema is longer than <see cref="CapabilityBounds.MaxSchema"/> characters.
    /// </exception>
    public static string Export(Type type)
    {
        try
        {
            var schema = StrictJson.Options.GetJsonSchemaAsNode(type, ExporterOptions).ToJsonString();
            return schema.Length <= CapabilityBounds.MaxSchema
                ? schema
                : throw new ArgumentException(
                    $"The JSON Schema of {type} has {schema.Length} characters, more than {CapabilityBounds.MaxSchema}.",
                    nameof(type));
        }
        catch (Exception e) when (e is NotSupportedException or InvalidOperationException)
        {
            throw new ArgumentException($"{type} has no JSON form: {e.Message}", nameof(type), e);
        }
    }

    private static JsonNode Rewrite(JsonSchemaExporterContext context, JsonNode schema)
    {
        if (schema is JsonValue && schema.GetValueKind() == JsonValueKind.True)
        {
            return new JsonObject();
        }

        if (schema is JsonObject node && node["format"]?.GetValueKind() == JsonValueKind.String
            && node["format"]!.GetValue<string>() == "time")
        {
            node.Remove("format");
        }

        return schema;
    }
}
