using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.Json.Nodes;

namespace MeshActors.Capabilities;

/// <summary>Follows the references of a rewritten schema, so that no validation runs in circles or explodes.</summary>
/// <remarks>
/// A schema is applied to one place of a payload together with those it names in <c>$ref</c>, <c>allOf</c>, <c>anyOf</c>,
/// <c>oneOf</c> and <c>not</c>. That set must be finite, hence without a circle, and small. A circle that leads through
/// <c>properties</c> or <c>items</c> is a recursive type and ends where the payload does.
/// </remarks>
internal sealed class SchemaReferences
{
    /// <summary>Schemas applied to one place of a payload at most.</summary>
    private const int MaxApplied = 1_000;

    private static readonly string[] Lists = ["allOf", "anyOf", "oneOf"];

    private readonly JsonNode _root;
    private readonly Dictionary<JsonNode, int> _applied = new(ReferenceEqualityComparer.Instance);

    private SchemaReferences(JsonNode root)
    {
        _root = root;
    }

    /// <summary>False when a reference leads nowhere, in a circle, or to too many schemas at one place.</summary>
    public static bool AreBounded(JsonNode root)
    {
        var references = new SchemaReferences(root);
        return references.AllBelow(root);
    }

    private static IEnumerable<JsonNode?> Children(JsonNode? node) => node switch
    {
        JsonObject map => map.Select(member => member.Value),
        JsonArray list => list,
        _ => [],
    };

    private bool AllBelow(JsonNode? node) =>
        (node is not JsonObject schema || CountApplied(schema) is not null) && Children(node).All(AllBelow);

    /// <summary>How many schemas apply where this one does, itself included; null when that is not bounded.</summary>
    private int? CountApplied(JsonObject schema)
    {
        if (_applied.TryGetValue(schema, out var known))
        {
            return known > 0 ? known : null;
        }

        _applied[schema] = 0;
        var count = 1;
        foreach (var beside in AppliedBeside(schema))
        {
            if (beside is not JsonObject other || CountApplied(other) is not { } more || count + more > MaxApplied)
            {
                return null;
            }

            count += more;
        }

        _applied[schema] = count;
        return count;
    }

    private IEnumerable<JsonNode?> AppliedBeside(JsonObject schema)
    {
        foreach (var list in Lists)
        {
            foreach (var item in schema[list] as JsonArray ?? [])
            {
                yield return item;
            }
        }

        if (schema["not"] is JsonObject not)
        {
            yield return not;
        }

        if (schema["$ref"] is JsonValue reference && reference.TryGetValue<string>(out var pointer))
        {
            yield return Resolve(pointer);
        }
    }

    /// <summary>Walks a JSON pointer in its fragment form (RFC 6901, section 6).</summary>
    private JsonNode? Resolve(string pointer)
    {
        var node = _root;
        foreach (var token in pointer.TrimStart('#').Split('/').Skip(1))
        {
            var name = Uri.UnescapeDataString(token).Replace("~1", "/", StringComparison.Ordinal)
                .Replace("~0", "~", StringComparison.Ordinal);
            node = node switch
            {
                JsonObject map => map[name],
                JsonArray list when int.TryParse(
                    name, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < list.Count =>
                    list[index],
                _ => null,
            };
        }

        return node;
    }
}
