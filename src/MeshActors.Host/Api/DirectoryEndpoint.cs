using System;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using MeshActors.Capabilities;
using MeshActors.Tasks;
using Microsoft.AspNetCore.Http;

namespace MeshActors.Host.Api;

/// <summary><c>POST /v1/directory/query</c>: who offers a capability.</summary>
internal sealed class DirectoryEndpoint
{
    private readonly NodeView _node;

    public DirectoryEndpoint(NodeView node)
    {
        _node = node;
    }

    public async Task QueryAsync(HttpContext context)
    {
        var (fields, problem) = await RequestFields.ReadAsync(
            context, "capability", "tags", "region", "minUptimePercent", "version").ConfigureAwait(false);
        if (fields is null)
        {
            await problem!.WriteAsync(context).ConfigureAwait(false);
            return;
        }

        var capability = fields.Required("capability");
        var filter = ReadFilter(fields);
        if (fields.Problem is { } wrong)
        {
            await wrong.WriteAsync(context).ConfigureAwait(false);
            return;
        }

        if (_node.Mesh is not { } mesh)
        {
            await TaskEndpoint.NoAgentRole.WriteAsync(context).ConfigureAwait(false);
            return;
        }

        try
        {
            var matches = await mesh.QueryAsync(capability, filter, context.RequestAborted).ConfigureAwait(false);
            var answer = new JsonObject { ["matches"] = new JsonArray([.. matches.Select(Show)]) };
            await JsonAnswer.WriteAsync(context, answer).ConfigureAwait(false);
        }
        catch (MeshException exception)
        {
            await Problem.Of(exception).WriteAsync(context).ConfigureAwait(false);
        }
        catch (ArgumentException)
        {
            await Problem.BadRequest(
                $"{capability} is no name of a capability.", "Names are kebab-case, as fx-pricing.").WriteAsync(context).ConfigureAwait(false);
        }
    }

    private static CapabilityFilter ReadFilter(RequestFields fields)
    {
        var version = fields.Text("version");
        CapabilityVersion? wanted = null;
        if (version is not null)
        {
            if (CapabilityVersion.TryParse(version, out var read))
            {
                wanted = read;
            }
            else
            {
                fields.Refuse("version", "a version, as 1.2");
            }
        }

        try
        {
            return new CapabilityFilter
            {
                Tags = fields.Texts("tags"),
                Region = fields.Text("region"),
                MinUptime = (fields.Number("minUptimePercent", 0, 100) ?? 0) / 100,
                Version = wanted,
            };
        }
        catch (ArgumentException exception)
        {
            fields.Refuse("tags or region", exception.Message);
            return CapabilityFilter.Any;
        }
    }

    private static JsonObject Show(CapabilityMatch match) => new()
    {
        ["address"] = match.Address.ToString(),
        ["capability"] = match.Capability.Name,
        ["version"] = match.Capability.Version.ToString(),
        ["tags"] = new JsonArray([.. match.Capability.Tags.Select(tag => (JsonNode)tag)]),
        ["region"] = match.Region,
        ["uptimePercent"] = Math.Round(match.Uptime * 100, 2),
        ["latencyMs"] = match.Latency is { } latency ? Math.Round(latency.TotalMilliseconds, 3) : null,
    };
}
