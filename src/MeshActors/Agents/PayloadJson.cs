using System;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using MeshActors.Capabilities;

namespace MeshActors.Agents;

/// <summary>Payloads between JSON and .NET values, strictly: what does not fit is a violation, never a guess.</summary>
internal static class PayloadJson
{
    /// <summary>Longest payload in bytes: one message of a stream.</summary>
    public const int MaxLength = 16 * 1024 * 1024;

    /// <summary>JSON as it is, without repeated members and no deeper than <see cref="CapabilityBounds.MaxDepth"/>.</summary>
    private static readonly JsonDocumentOptions ElementOptions = new()
    {
        MaxDepth = CapabilityBounds.MaxDepth,
        AllowDuplicateProperties = false,
    };

    public static byte[] Write<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, StrictJson.Options);

    public static byte[] Write(JsonElement value) => JsonSerializer.SerializeToUtf8Bytes(value);

    /// <summary>Reads a typed value; null is read only where the type allows it.</summary>
    public static bool TryRead<T>(
        ReadOnlyMemory<byte> payload, out T? value, [NotNullWhen(false)] out SchemaViolation? violation)
    {
        try
        {
            value = JsonSerializer.Deserialize<T>(payload.Span, StrictJson.Options);
            violation = value is null && default(T) is not null
                ? SchemaViolation.Of("$", "must not be null")
                : null;
            return violation is null;
        }
        catch (JsonException e)
        {
            value = default;
            violation = SchemaViolation.Of(e.Path ?? "$", $"does not fit {typeof(T).Name}");
            return false;
        }
    }

    /// <summary>Reads JSON as it is.</summary>
    public static bool TryRead(
        ReadOnlyMemory<byte> payload, out JsonElement value, [NotNullWhen(false)] out SchemaViolation? violation)
    {
        try
        {
            using var document = JsonDocument.Parse(payload, ElementOptions);
            value = document.RootElement.Clone();
            violation = null;
            return true;
        }
        catch (JsonException)
        {
            value = default;
            violation = SchemaViolation.Of("$", "is not UTF-8 JSON of at most 64 levels without repeated members");
            return false;
        }
    }
}
