using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MeshActors.Transport.Diagnostics;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using NJsonSchema;
using NJsonSchema.Validation;

namespace MeshActors.Capabilities;

/// <summary>A JSON Schema ready to be held against payloads, from any thread.</summary>
internal sealed class CompiledSchema
{
    private static readonly JsonDocumentOptions StrictDocument = new()
    {
        MaxDepth = CapabilityBounds.MaxDepth,
        AllowDuplicateProperties = false,
    };

    private readonly JsonSchema _schema;
    private readonly JsonSchemaValidatorSettings _settings;

    private CompiledSchema(JsonSchema schema, IEnumerable<PatternFormat> patterns)
    {
        _schema = schema;
        _settings = new JsonSchemaValidatorSettings();
        foreach (var pattern in patterns)
        {
            _settings.AddCustomFormatValidator(pattern);
        }
    }

    /// <summary>Reads a schema.</summary>
    /// <returns>Null when it is not one, or asks for what is not enforced here; <paramref name="problem"/> says why.</returns>
    public static CompiledSchema? TryCompile(string text, out SchemaViolation? problem)
    {
        problem = null;
        try
        {
            var rewrite = new SchemaRewrite();
            var schema = rewrite.Rewrite(JsonNode.Parse(text, nodeOptions: null, StrictDocument));
            if (schema is null)
            {
                problem = rewrite.Problem;
                return null;
            }

            // No reference leads out of the schema, so nothing is fetched and the task is complete.
            var reading = JsonSchema.FromJsonAsync(schema.ToJsonString());
            Invariant.Require(reading.IsCompleted);
            return new CompiledSchema(reading.GetAwaiter().GetResult(), rewrite.Patterns);
        }
        catch (Exception e) when (e is System.Text.Json.JsonException)
        {
            problem = SchemaViolation.Of("$", "is not JSON of at most 64 levels without repeated members");
        }
        catch (Exception e) when (e is not InvariantException)
        {
            problem = SchemaViolation.Of("$", "is not a JSON Schema");
        }

        return null;
    }

    /// <summary>Holds a payload against the schema.</summary>
    /// <returns>Null when it fits, else the first place where it does not.</returns>
    public SchemaViolation? Validate(ReadOnlyMemory<byte> json)
    {
        if (!IsStrictJson(json))
        {
            return SchemaViolation.Of("$", "is not UTF-8 JSON of at most 64 levels without repeated members");
        }

        try
        {
            var errors = _schema.Validate(ReadToken(json), SchemaType.JsonSchema, _settings);
            return errors.Count == 0 ? null : Describe(errors.First());
        }
        catch (Exception e) when (e is OverflowException or InvalidCastException or JsonReaderException)
        {
            // The validator holds integers as decimals and has no place for those beyond.
            return SchemaViolation.Of("$", "holds an integer of 29 digits or more");
        }
    }

    private static bool IsStrictJson(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, StrictDocument);
            return true;
        }
        catch (System.Text.Json.JsonException)
        {
            return false;
        }
    }

    private static JToken ReadToken(ReadOnlyMemory<byte> json)
    {
        using var reader = new JsonTextReader(new StringReader(Encoding.UTF8.GetString(json.Span)))
        {
            DateParseHandling = DateParseHandling.None,
            FloatParseHandling = FloatParseHandling.Double,
            MaxDepth = CapabilityBounds.MaxDepth + 1,
        };
        return JToken.ReadFrom(reader);
    }

    /// <summary>Goes down to the innermost error: that of the alternative that came closest.</summary>
    private static SchemaViolation Describe(ValidationError error)
    {
        while (Innermost(error) is { } inner && PathLength(inner) > PathLength(error))
        {
            error = inner;
        }

        while (error is ChildSchemaValidationError && Innermost(error) is { } inner)
        {
            error = inner;
        }

        return SchemaViolation.Of(ToJsonPath(error.Path), SchemaRule.Describe(error.Kind, error.Schema));
    }

    private static int PathLength(ValidationError error) => error.Path?.Length ?? 0;

    private static ValidationError? Innermost(ValidationError error)
    {
        var inner = error switch
        {
            ChildSchemaValidationError parent => parent.Errors.Values.SelectMany(errors => errors),
            MultiTypeValidationError parent => parent.Errors.Values.SelectMany(errors => errors),
            _ => [],
        };
        return inner.MaxBy(PathLength);
    }

    /// <summary>NJsonSchema says <c>#/legs[2].amount</c>.</summary>
    private static string ToJsonPath(string? path)
    {
        var inner = (path ?? string.Empty).TrimStart('#').TrimStart('/');
        return inner.Length == 0 ? "$" : inner[0] == '[' ? $"${inner}" : $"$.{inner}";
    }
}
