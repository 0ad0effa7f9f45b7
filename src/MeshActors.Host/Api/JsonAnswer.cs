using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Http;

namespace MeshActors.Host.Api;

/// <summary>Writes an answer of JSON.</summary>
internal static class JsonAnswer
{
    public static Task WriteAsync(HttpContext context, JsonObject answer)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(answer.ToJsonString(JsonSerializerOptions.Web), context.RequestAborted);
    }
}
