using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using MeshActors.Host.Cli;
using MeshActors.Tasks;
using Microsoft.AspNetCore.Http;

namespace MeshActors.Host.Api;

/// <summary>An answer that says what is wrong: <c>application/problem+json</c> (RFC 9457) with a stable code and a hint.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Code">Stable code.</param>
/// <param name="Detail">What happened, one sentence.</param>
/// <param name="Hint">What to do about it, one sentence.</param>
internal sealed record Problem(int Status, string Code, string Detail, string Hint)
{
    public static Problem BadRequest(string detail, string hint) =>
        new(StatusCodes.Status400BadRequest, ErrorCodes.BadRequest, detail, hint);

    public static Problem Of(MeshException exception) => new(
        exception.Code switch
        {
            MeshErrorCode.DeadlineExceeded => StatusCodes.Status504GatewayTimeout,
            MeshErrorCode.SchemaViolation => StatusCodes.Status422UnprocessableEntity,
            MeshErrorCode.Cancelled => StatusCodes.Status409Conflict,
            MeshErrorCode.TooLarge => StatusCodes.Status413PayloadTooLarge,
            MeshErrorCode.OutcomeUnknown or MeshErrorCode.AgentFailed => StatusCodes.Status502BadGateway,
            _ => StatusCodes.Status503ServiceUnavailable,
        },
        exception.Code.ToName(),
        exception.Message,
        exception.Hint);

    public JsonObject ToJson() => new()
    {
        ["status"] = Status,
        ["title"] = Code,
        ["code"] = Code,
        ["detail"] = Detail,
        ["hint"] = Hint,
    };

    public Task WriteAsync(HttpContext context)
    {
        context.Response.StatusCode = Status;
        context.Response.ContentType = "application/problem+json";
        return context.Response.WriteAsync(ToJson().ToJsonString(JsonSerializerOptions.Web), context.RequestAborted);
    }
}
