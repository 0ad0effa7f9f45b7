using System;
using System.Collections.Frozen;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MeshActors.Capabilities;

/// <summary>Turns a schema that may come from anybody into one that NJsonSchema enforces whole and in bounded time.</summary>
/// <remarks>
/// NJsonSchema ignores what it does not know, fetches what <c>$ref</c> names, and matches patterns by backtracking. So
/// keywords that would not be enforced are refused, references stay inside the schema, and each <c>pattern</c> becomes a
/// format of its own that <see cref="PatternFormat"/> matches in linear time. What a newer draft writes differently
/// (<c>const</c>, schemas that are <c>true</c>, <c>$defs</c>) is put into the older form.
/// </remarks>
internal sealed class SchemaRewrite
{
    /// <summary>Patterns of one schema.</summary>
    private const int MaxPatterns = 64;

    private static readonly string[] Types = ["array", "boolean", "integer", "null", "number", "object", "string"];

    private static readonly FrozenSet<string> Enforced = FrozenSet.Create(
        StringComparer.Ordinal,
        "type", "enum", "required", "minimum", "maximum", "multipleOf", "exclusiveMinimum", "exclusiveMaximum",
        "minLength", "maxLength", "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties", "format");

    private static readonly FrozenSet<string> Annotations = FrozenSet.Create(
        StringComparer.Ordinal,
        "$schema", "$id", "id", "$comment", "title", "description", "default", "examples", "deprecated", "readOnly",
        "writeOnly", "contentEncoding", "contentMediaType");

    private static readonly FrozenSet<string> ListsOfSchemas =
        FrozenSet.Create(StringComparer.Ordinal, "allOf", "anyOf", "oneOf");

    private static readonly FrozenSet<string> MapsOfSchemas =
        FrozenSet.Create(StringComparer.Ordinal, "properties", "definitions", "$defs");

    private readonly List<PatternFormat> _patterns = [];

    /// <summary>What the schema's patterns became.</summary>
    public IReadOnlyList<PatternFormat> Patterns => _patterns;

    /// <summary>Why the schema was refused, or null.</summary>
    public SchemaViolation? Problem { get; private set; }

    /// <summary>Rewrites one schema.</summary>
    /// <returns>Null when it is refused; then <see cref="Problem"/> says why.</returns>
    public JsonNode? Rewrite(JsonNode? schema)
    {
        var rewritten = RewriteSchema(schema, "$");
        if (Problem is null && !SchemaReferences.AreBounded(rewritten))
        {
            Refuse("$", "a reference leads nowhere, in a circle, or to too many schemas at one place");
        }

        return Problem is null ? rewritten : null;
    }

    private static bool IsType(JsonNode? value) => value switch
    {
        JsonArray { Count: > 0 } list => list.All(one => one is JsonValue && IsType(one)),
        JsonValue one => one.TryGetValue<string>(out var name) && Types.Contains(name),
        _ => false,
    };

    private static JsonNode? Copy(JsonNode? node) => node?.DeepClone();

    private JsonObject RewriteSchema(JsonNode? schema, string path)
    {
        var result = new JsonObject();
        switch (schema?.GetValueKind())
        {
            case JsonValueKind.True:
                return result;
            case JsonValueKind.False:
                result["not"] = new JsonObject();
                return result;
            case JsonValueKind.Object:
                foreach (var (keyword, value) in schema.AsObject())
                {
                    RewriteKeyword(result, keyword, value, $"{path}.{keyword}");
                }

                return result;
            default:
                return Refuse(path, "a schema is an object, true or false");
        }
    }

    private void RewriteKeyword(JsonObject result, string keyword, JsonNode? value, string path)
    {
        if (keyword == "type" && !IsType(value))
        {
            Refuse(path, $"a type is one or several of {string.Join(", ", Types)}");
        }
        else if (Enforced.Contains(keyword))
        {
            result[keyword] = Copy(value);
        }
        else if (ListsOfSchemas.Contains(keyword))
        {
            AppendAll(result, keyword, value, path);
        }
        else if (MapsOfSchemas.Contains(keyword))
        {
            RewriteMap(result, keyword == "$defs" ? "definitions" : keyword, value, path);
        }
        else if (!Annotations.Contains(keyword) && !keyword.StartsWith("x-", StringComparison.Ordinal))
        {
            RewriteSpecial(result, keyword, value, path);
        }
    }

    private void RewriteSpecial(JsonObject result, string keyword, JsonNode? value, string path)
    {
        switch (keyword)
        {
            case "const":
                Append(result, new JsonObject { ["enum"] = new JsonArray(Copy(value)) });
                break;
            case "pattern":
                RewritePattern(result, value, path);
                break;
            case "$ref":
                RewriteReference(result, value, path);
                break;
            case "additionalProperties" when value?.GetValueKind() is JsonValueKind.True or JsonValueKind.False:
                result[keyword] = Copy(value);
                break;
            case "items" or "not" or "additionalProperties":
                result[keyword] = RewriteSchema(value, path);
                break;
            default:
                Refuse(path, "this keyword is not enforced here; say it otherwise or leave it out");
                break;
        }
    }

    private void RewritePattern(JsonObject result, JsonNode? value, string path)
    {
        if (value?.GetValueKind() != JsonValueKind.String || _patterns.Count == MaxPatterns)
        {
            Refuse(path, $"a pattern is a string, and a schema has at most {MaxPatterns}");
            return;
        }

        try
        {
            var pattern = new PatternFormat($"pattern-{_patterns.Count}", value.GetValue<string>());
            _patterns.Add(pattern);
            Append(result, new JsonObject { ["format"] = pattern.Format });
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            Refuse(path, "a pattern is a regular expression without look-around and back-references");
        }
    }

    private void RewriteReference(JsonObject result, JsonNode? value, string path)
    {
        var pointer = value?.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : string.Empty;
        if (!(pointer == "#" || pointer.StartsWith("#/", StringComparison.Ordinal))
            || pointer.Contains("/allOf/", StringComparison.Ordinal))
        {
            Refuse(path, "a reference stays inside its schema and outside of allOf, as in #/definitions/leg");
            return;
        }

        var moved = pointer.Replace("/$defs/", "/definitions/", StringComparison.Ordinal);
        Append(result, new JsonObject { ["$ref"] = moved });
    }

    private void RewriteMap(JsonObject result, string keyword, JsonNode? value, string path)
    {
        if (value is not JsonObject map)
        {
            Refuse(path, "names and their schemas are expected here");
            return;
        }

        var rewritten = result[keyword] as JsonObject ?? new JsonObject();
        foreach (var (name, schema) in map)
        {
            rewritten[name] = RewriteSchema(schema, $"{path}.{name}");
        }

        result[keyword] = rewritten;
    }

    private void AppendAll(JsonObject result, string keyword, JsonNode? value, string path)
    {
        if (value is not JsonArray { Count: > 0 } list)
        {
            Refuse(path, "a list of schemas is expected here");
            return;
        }

        var rewritten = result[keyword] as JsonArray ?? [];
        foreach (var (index, schema) in list.Index())
        {
            rewritten.Add((JsonNode)RewriteSchema(schema, $"{path}[{index}]"));
        }

        result[keyword] = rewritten;
    }

    /// <summary>Adds a condition beside those that are there already.</summary>
    private static void Append(JsonObject result, JsonObject condition)
    {
        var all = result["allOf"] as JsonArray ?? [];
        all.Add((JsonNode)condition);
        result["allOf"] = all;
    }

    private JsonObject Refuse(string path, string rule)
    {
        Problem ??= SchemaViolation.Of(path, rule);
        return new JsonObject();
    }
}
