using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using Akka.Actor;
using MeshActors.Agents;
using MeshActors.Capabilities;
using MeshActors.Peers;
using MeshActors.Telemetry;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Time;

namespace MeshActors.Tasks;

/// <summary>The mesh for this node's code, on top of the node's task plane and peer cache.</summary>
internal sealed class ActorMesh : IMesh
{
    private static readonly TimeSpan QueryTimeout = TimeSpan.FromSeconds(10);

    private readonly Clock _clock;
    private readonly IRandomSource _random;
    private readonly OwnCapabilities _own;
    private readonly IActorRef _tasks;
    private readonly IActorRef _peers;

    /// <param name="address">This node.</param>
    /// <param name="clock">Time.</param>
    /// <param name="random">Task ids.</param>
    /// <param name="own">What this node's own agents can do.</param>
    /// <param name="tasks">The task plane, or who forwards to it.</param>
    /// <param name="peers">The peer cache, or who forwards to it.</param>
    public ActorMesh(
        MeshAddress address,
        Clock clock,
        IRandomSource random,
        OwnCapabilities own,
        IActorRef tasks,
        IActorRef peers)
    {
        Address = address;
        _clock = clock;
        _random = random;
        _own = own;
        _tasks = tasks;
        _peers = peers;
    }

    public MeshAddress Address { get; }

    public async Task<IReadOnlyList<CapabilityMatch>> QueryAsync(
        string capability, CapabilityFilter? filter, CancellationToken cancellationToken)
    {
        RequireName(capability);
        filter ??= CapabilityFilter.Any;
        var answer = await _peers.Ask<Candidates>(
            new CandidatesRequested(capability, filter, []), QueryTimeout, cancellationToken).ConfigureAwait(false);
        var matches = new List<CapabilityMatch>();
        if (_own.Find(capability, filter) is { } own)
        {
            matches.Add(new CapabilityMatch(Address, own, _own.Region, Uptime: 1, TimeSpan.Zero));
        }

        foreach (var peer in answer.Ranked)
        {
            foreach (var offered in peer.Capabilities)
            {
                matches.Add(new CapabilityMatch(
                    peer.Peer.Address, offered, peer.Region ?? string.Empty, peer.Uptime, peer.Latency));
            }
        }

        return matches.Count == 0 && answer.Stale
            ? throw new MeshException(
                MeshErrorCode.BackboneUnreachable,
                $"No backbone answered who offers {capability}.",
                answer.Hint ?? "Check that a backbone runs and that its endpoint and root key are the configured ones.")
            : matches;
    }

    public async Task<TResult> AskAsync<TRequest, TResult>(
        string capability, TRequest request, TaskOptions? options, CancellationToken cancellationToken)
    {
        var payload = await AskAsync(
            capability, PayloadJson.Write(request), raw: false, options, cancellationToken).ConfigureAwait(false);
        return PayloadJson.TryRead<TResult>(payload, out var result, out var violation)
            ? result!
            : throw Unfit(capability, violation);
    }

    public async Task<JsonElement> AskJsonAsync(
        string capability, JsonElement request, TaskOptions? options, CancellationToken cancellationToken)
    {
        var payload = await AskAsync(
            capability, PayloadJson.Write(request), raw: true, options, cancellationToken).ConfigureAwait(false);
        return PayloadJson.TryRead(payload, out var result, out var violation)
            ? result
            : throw Unfit(capability, violation);
    }

    public async IAsyncEnumerable<TPart> StreamAsync<TRequest, TPart>(
        string capability,
        TRequest request,
        TaskOptions? options,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var parts = StreamAsync(capability, PayloadJson.Write(request), raw: false, options, cancellationToken);
        await foreach (var payload in parts.ConfigureAwait(false))
        {
            yield return PayloadJson.TryRead<TPart>(payload, out var part, out var violation)
                ? part!
                : throw Unfit(capability, violation);
        }
    }

    public async IAsyncEnumerable<JsonElement> StreamJsonAsync(
        string capability,
        JsonElement request,
        TaskOptions? options,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var parts = StreamAsync(capability, PayloadJson.Write(request), raw: true, options, cancellationToken);
        await foreach (var payload in parts.ConfigureAwait(false))
        {
            yield return PayloadJson.TryRead(payload, out var part, out var violation)
                ? part
                : throw Unfit(capability, violation);
        }
    }

    private static void RequireName(string capability)
    {
        if (!KebabCase.IsValid(capability))
        {
            throw new ArgumentException(
                $"'{capability}' is not the name of a capability: write kebab-case, as in fx-pricing.", nameof(capability));
        }
    }

    private static MeshException Unfit(string capability, SchemaViolation violation) => new(
        MeshErrorCode.SchemaViolation,
        $"The result of {capability} does not fit: {violation}.",
        "Ask with the type that the capability's result schema describes.",
        violation.Path);

    private async Task<ReadOnlyMemory<byte>> AskAsync(
        string capability, byte[] payload, bool raw, TaskOptions? options, CancellationToken cancellationToken)
    {
        var sink = new ResultSink();
        using var call = Submit(capability, payload, raw, streaming: false, options, sink, cancellationToken);
        try
        {
            var result = await sink.Result.ConfigureAwait(false);
            call.End(failure: null);
            return result ?? throw Unfit(capability, SchemaViolation.Of("$", "must be one result, not parts"));
        }
        catch (MeshException failure)
        {
            call.End(failure.Code.ToName());
            cancellationToken.ThrowIfCancellationRequested();
            throw;
        }
    }

    private async IAsyncEnumerable<ReadOnlyMemory<byte>> StreamAsync(
        string capability,
        byte[] payload,
        bool raw,
        TaskOptions? options,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var sink = new PartsSink();

        // Its end cancels the task, however the loop is left; a task that has ended takes no notice.
        using var call = Submit(capability, payload, raw, streaming: true, options, sink, cancellationToken);
        try
        {
            await foreach (var part in sink.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return part;
            }
        }
        finally
        {
            if (sink.Ended)
            {
                call.End(sink.Failure?.Code.ToName());
            }
        }
    }

    private MeshCall Submit(
        string capability,
        byte[] payload,
        bool raw,
        bool streaming,
        TaskOptions? options,
        ITaskSink sink,
        CancellationToken cancellationToken)
    {
        RequireName(capability);
        cancellationToken.ThrowIfCancellationRequested();
        if (payload.Length > PayloadJson.MaxLength)
        {
            throw new MeshException(
                MeshErrorCode.TooLarge,
                $"The request has {payload.Length} bytes, more than {PayloadJson.MaxLength}.",
                "Split the work into smaller tasks.");
        }

        options ??= TaskOptions.Default;
        var id = TaskId.Create(_random);
        var outer = Activity.Current;
        var traceId = options.TraceId ?? outer?.TraceId.ToString() ?? id.ToString();
        var activity = MeshTelemetry.StartCall(capability, id, traceId);
        Activity.Current = outer;
        var traced = activity ?? outer;
        _tasks.Tell(new TasksActor.Submit(new TaskOrder(
            id,
            capability,
            options.Filter,
            payload,
            raw,
            streaming,
            options,
            traceId,
            traced is { IdFormat: ActivityIdFormat.W3C } ? traced.Id ?? string.Empty : string.Empty,
            traced?.TraceStateString ?? string.Empty,
            _clock.Now,
            sink)
        {
            Span = activity,
        }));
        return new MeshCall(_tasks, id, activity, cancellationToken);
    }
}
