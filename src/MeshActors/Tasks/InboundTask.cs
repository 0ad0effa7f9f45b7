using System;
using System.Diagnostics.CodeAnalysis;
using MeshActors.Capabilities;
using MeshActors.Transport.Addressing;
using MeshActors.Wire;

namespace MeshActors.Tasks;

/// <summary>A request for a task as it came from another node, its fields checked, its payload not yet.</summary>
internal sealed record InboundTask(
    TaskKey Key,
    string Capability,
    CapabilityVersion Version,
    TimeSpan Remaining,
    TaskPriority Priority,
    bool Streaming,
    string TraceParent,
    string TraceState,
    string TraceId)
{
    /// <summary>Bytes of a stream header; what is longer is none.</summary>
    public const int MaxHeaderLength = 8 * 1024;

    private const int MaxTraceParentLength = 55;
    private const int MaxTraceStateLength = 512;

    /// <summary>Whether a stream with this header may come ahead of its tunnel's session, from where it could be played again: a task may that its caller
    /// declared idempotent, and nothing else.</summary>
    public static bool MayComeEarly(StreamHeader header) => header.Task is { Idempotent: true };

    /// <summary>Checks the fields of a stream header that asks for a task.</summary>
    /// <returns>False when one is missing or out of its bounds.</returns>
    public static bool TryRead(StreamHeader header, MeshAddress caller, [NotNullWhen(true)] out InboundTask? task)
    {
        task = null;
        if (header.Task is not { } request
            || !TaskId.TryRead(request.TaskId.Span, out var id)
            || !KebabCase.IsValid(request.Capability)
            || !CapabilityVersion.TryParse(request.Version, out var version)
            || request.RemainingMs == 0
            || request.RemainingMs > TaskOptions.LongestDeadline.TotalMilliseconds)
        {
            return false;
        }

        var traceId = CorrelationId.IsValid(header.MeshTraceId) ? header.MeshTraceId : id.ToString();
        task = new InboundTask(
            new TaskKey(caller, id),
            request.Capability,
            version,
            TimeSpan.FromMilliseconds(request.RemainingMs),
            request.Urgency switch
            {
                TaskUrgency.High => TaskPriority.High,
                TaskUrgency.Low => TaskPriority.Low,
                _ => TaskPriority.Normal,
            },
            request.Streaming,
            header.Traceparent.Length <= MaxTraceParentLength ? header.Traceparent : string.Empty,
            header.Tracestate.Length <= MaxTraceStateLength ? header.Tracestate : string.Empty,
            traceId);
        return true;
    }
}
