using System;
using System.Text.Json;
using MeshActors.Host.Configuration;
using MeshActors.Tasks;

namespace MeshActors.Host.Api;

/// <summary>What a caller of the API wants done.</summary>
/// <param name="Id">Its name for cancelling, chosen by the caller; null for a random one.</param>
/// <param name="Capability">Who can do it.</param>
/// <param name="Payload">The request.</param>
/// <param name="Timeout">How long the caller waits.</param>
/// <param name="Idempotent">Whether it may be done twice.</param>
/// <param name="Stream">Whether the result comes in parts.</param>
internal sealed record TaskRequestFields(
    string? Id, string Capability, JsonElement Payload, TimeSpan Timeout, bool Idempotent, bool Stream)
{
    public static readonly string[] Names = ["id", "capability", "payload", "timeoutMs", "idempotent", "stream"];

    private const double DefaultTimeoutMs = 30_000;

    /// <summary>Reads them; what is wrong is in the fields' problem afterwards.</summary>
    public static TaskRequestFields From(RequestFields fields)
    {
        var id = fields.Text("id");
        if (id is not null && !Words.IsName(id))
        {
            fields.Refuse("id", Words.NameForm);
        }

        var payload = fields.Any("payload");
        if (payload is null)
        {
            fields.Refuse("payload", "the JSON the capability takes");
        }

        return new TaskRequestFields(
            id,
            fields.Required("capability"),
            payload ?? default,
            TimeSpan.FromMilliseconds(
                fields.Number("timeoutMs", 1, TaskOptions.LongestDeadline.TotalMilliseconds) ?? DefaultTimeoutMs),
            fields.Flag("idempotent"),
            fields.Flag("stream"));
    }
}
