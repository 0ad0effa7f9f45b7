using System;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using MeshActors.Host.Configuration;
using Microsoft.AspNetCore.Http;

namespace MeshActors.Host.Api;

/// <summary>The fields of a request's JSON object, each read with its type; the first that is wrong becomes the answer.</summary>
internal sealed class RequestFields
{
    private readonly JsonElement _body;

    private RequestFields(JsonElement body)
    {
        _body = body;
    }

    /// <summary>What is wrong, or null.</summary>
    public Problem? Problem { get; private set; }

    /// <summary>Reads the body: an object with no other fields than these.</summary>
    public static async Task<(RequestFields? Fields, Problem? Problem)> ReadAsync(HttpContext context, params string[] names)
    {
        try
        {
            using var document = await JsonDocument.ParseAsync(
                context.Request.Body, cancellationToken: context.RequestAborted).ConfigureAwait(false);
            var body = document.RootElement.Clone();
            if (body.ValueKind != JsonValueKind.Object)
            {
                return (null, Problem.BadRequest("The body is not a JSON object.", Allowed(names)));
            }

            foreach (var field in body.EnumerateObject().Where(field => !names.Contains(field.Name)))
            {
                var meant = Spelling.Nearest(field.Name, names);
                return (null, Problem.BadRequest(
                    $"The field {field.Name} is not known.", meant is null ? Allowed(names) : $"Did you mean {meant}?"));
            }

            return (new RequestFields(body), null);
        }
        catch (JsonException exception)
        {
            return (null, Problem.BadRequest(
                $"The body is not JSON: line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}.", Allowed(names)));
        }
        catch (BadHttpRequestException exception)
        {
            return (null, new Problem(
                exception.StatusCode, Cli.ErrorCodes.BadRequest, exception.Message, "A body may have 16 MiB."));
        }
    }

    public JsonElement? Any(string name) =>
        _body.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>A text; null when it is left out.</summary>
    public string? Text(string name)
    {
        if (Any(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.String)
        {
            return value.GetString();
        }

        Refuse(name, "a string");
        return null;
    }

    /// <summary>A list of texts; empty when it is left out.</summary>
    public string[] Texts(string name)
    {
        if (Any(name) is not { } value)
        {
            return [];
        }

        if (value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String))
        {
            return [.. value.EnumerateArray().Select(item => item.GetString()!)];
        }

        Refuse(name, "a list of strings");
        return [];
    }

    /// <summary>A number in a range; null when it is left out.</summary>
    public double? Number(string name, double min, double max)
    {
        if (Any(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number >= min && number <= max)
        {
            return number;
        }

        Refuse(name, FormattableString.Invariant($"a number from {min} to {max}"));
        return null;
    }

    /// <summary>true or false; false when it is left out.</summary>
    public bool Flag(string name)
    {
        if (Any(name) is not { } value)
        {
            return false;
        }

        if (value.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
        {
            Refuse(name, "true or false");
        }

        return value.ValueKind == JsonValueKind.True;
    }

    /// <summary>A text that must be there; empty after a mistake.</summary>
    public string Required(string name)
    {
        var value = Text(name);
        if (string.IsNullOrEmpty(value))
        {
            Refuse(name, "a string that is not empty");
        }

        return value ?? string.Empty;
    }

    /// <summary>Records that a field is wrong, unless another one was before.</summary>
    public void Refuse(string name, string allowed) =>
        Problem ??= Problem.BadRequest($"The field {name} is missing or wrong.", $"It is {allowed}.");

    private static string Allowed(string[] names) => "Send a JSON object with the fields " + string.Join(", ", names) + ".";
}
