using System;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using MeshActors.Host.Cli;
using MeshActors.Tasks;
using MeshActors.Telemetry;
using MeshActors.Transport.Chance;
using Microsoft.AspNetCore.Http;

namespace MeshActors.Host.Api;

/// <summary><c>/v1/tasks</c>: has a task done; its result as one answer, or in parts as server-sent events; cancels it.</summary>
/// <remarks>
/// A caller that goes away cancels its task. Events are <c>part</c> with a part of the result, then <c>end</c>, or
/// <c>error</c> with the problem.
/// </remarks>
internal sealed class TaskEndpoint
{
    /// <summary>The answer of a node that has no agents.</summary>
    public static readonly Problem NoAgentRole = new(
        StatusCodes.Status503ServiceUnavailable,
        ErrorCodes.NotFound,
        "This node has not the role agent: it asks nobody and does no tasks.",
        "Ask a node with agent in mesh.node.roles.");

    private readonly NodeView _node;
    private readonly IRandomSource _random;
    private readonly RunningTasks _running = new();

    public TaskEndpoint(NodeView node, IRandomSource random)
    {
        _node = node;
        _random = random;
    }

    public async Task PostAsync(HttpContext context)
    {
        var (fields, problem) = await RequestFields.ReadAsync(context, TaskRequestFields.Names).ConfigureAwait(false);
        var request = fields is null ? null : TaskRequestFields.From(fields);
        problem ??= fields?.Problem ?? TraceProblem(context) ?? (_node.Mesh is null ? NoAgentRole : null);
        if (problem is not null)
        {
            await problem.WriteAsync(context).ConfigureAwait(false);
            return;
        }

        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        var id = request!.Id ?? RandomHex();
        if (!_running.TryAdd(id, cancellation))
        {
            await new Problem(
                StatusCodes.Status409Conflict,
                ErrorCodes.BadRequest,
                $"A task with the id {id} is running, or {RunningTasks.Most} others are.",
                "Choose another id, or wait.").WriteAsync(context).ConfigureAwait(false);
            return;
        }

        try
        {
            await RunAsync(context, request, id, cancellation.Token).ConfigureAwait(false);
        }
        finally
        {
            _running.Remove(id);
        }
    }

    public Task DeleteAsync(HttpContext context)
    {
        var id = context.Request.RouteValues["id"]?.ToString() ?? string.Empty;
        if (!_running.TryCancel(id))
        {
            return new Problem(
                StatusCodes.Status404NotFound, ErrorCodes.NotFound, "No such task is running here.", "It may have ended.").WriteAsync(context);
        }

        context.Response.StatusCode = StatusCodes.Status202Accepted;
        return Task.CompletedTask;
    }

    private static Problem? TraceProblem(HttpContext context) =>
        context.Request.Headers[MeshTelemetry.CorrelationHeader] is [{ } trace, ..] && !CorrelationId.IsValid(trace)
            ? Problem.BadRequest(
                $"The header {MeshTelemetry.CorrelationHeader} is no correlation id.",
                $"It has 1 to {CorrelationId.MaxLength} visible ASCII characters.")
            : null;

    private static Task WriteEventAsync(HttpContext context, string name, string json, CancellationToken cancellationToken) =>
        context.Response.WriteAsync($"event: {name}\ndata: {json}\n\n", cancellationToken);

    private async Task RunAsync(HttpContext context, TaskRequestFields request, string id, CancellationToken cancellationToken)
    {
        var trace = context.Request.Headers[MeshTelemetry.CorrelationHeader] is [{ } given, ..]
            ? given
            : Activity.Current?.TraceId.ToHexString() ?? RandomHex();
        context.Response.Headers[MeshTelemetry.CorrelationHeader] = trace;
        context.Response.Headers[ApiPaths.TaskHeader] = id;
        var options = new TaskOptions { Deadline = request.Timeout, Idempotent = request.Idempotent, TraceId = trace };
        try
        {
            await (request.Stream
                ? StreamAsync(context, request, options, cancellationToken)
                : AskAsync(context, request, options, id, cancellationToken)).ConfigureAwait(false);
        }
        catch (MeshException exception)
        {
            await FailAsync(context, Problem.Of(exception)).ConfigureAwait(false);
        }
        catch (ArgumentException)
        {
            await FailAsync(context, Problem.BadRequest(
                $"{request.Capability} is no name of a capability.", "Names are kebab-case, as fx-pricing.")).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            await FailAsync(context, Problem.Of(new MeshException(
                MeshErrorCode.Cancelled, "The task was cancelled.", "Nobody waits for its result."))).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The caller is gone: there is nobody to answer.
        }
    }

    private async Task AskAsync(
        HttpContext context, TaskRequestFields request, TaskOptions options, string id, CancellationToken cancellationToken)
    {
        var result = await _node.Mesh!.AskJsonAsync(
            request.Capability, request.Payload, options, cancellationToken).ConfigureAwait(false);
        await JsonAnswer.WriteAsync(context, new JsonObject
        {
            ["taskId"] = id,
            ["traceId"] = options.TraceId,
            ["result"] = JsonSerializer.SerializeToNode(result),
        }).ConfigureAwait(false);
    }

    private async Task StreamAsync(
        HttpContext context, TaskRequestFields request, TaskOptions options, CancellationToken cancellationToken)
    {
        var parts = 0;
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.StartAsync(cancellationToken).ConfigureAwait(false);
        await foreach (var part in _node.Mesh!.StreamJsonAsync(
            request.Capability, request.Payload, options, cancellationToken).ConfigureAwait(false))
        {
            parts++;
            await WriteEventAsync(context, "part", JsonSerializer.Serialize(part), cancellationToken).ConfigureAwait(false);
        }

        await WriteEventAsync(
            context, "end", new JsonObject { ["parts"] = parts }.ToJsonString(), cancellationToken).ConfigureAwait(false);
    }

    private static Task FailAsync(HttpContext context, Problem problem) => context.Response.HasStarted
        ? WriteEventAsync(
            context, "error", problem.ToJson().ToJsonString(JsonSerializerOptions.Web), context.RequestAborted)
        : problem.WriteAsync(context);

    private string RandomHex()
    {
        Span<byte> bytes = stackalloc byte[16];
        _random.Fill(bytes);
        return Convert.ToHexStringLower(bytes);
    }
}
