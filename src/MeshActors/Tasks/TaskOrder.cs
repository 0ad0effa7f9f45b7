using System;
using System.Diagnostics;
using Google.Protobuf;
using MeshActors.Capabilities;
using MeshActors.Transport.Time;
using MeshActors.Wire;

namespace MeshActors.Tasks;

/// <summary>One task as the caller's code asked for it.</summary>
/// <param name="Id">The same in every attempt.</param>
/// <param name="Capability">What is asked for.</param>
/// <param name="Filter">Which nodes will do.</param>
/// <param name="Payload">The request, JSON.</param>
/// <param name="Raw">True when the payload was not made from a .NET type: it is held against the schema.</param>
/// <param name="Streaming">True when the caller takes parts.</param>
/// <param name="Options">Deadline and more.</param>
/// <param name="TraceId">The correlation id.</param>
/// <param name="TraceParent">The caller's span; empty for none.</param>
/// <param name="TraceState">Of the caller's span.</param>
/// <param name="CalledAt">When the caller's code called.</param>
/// <param name="Sink">Who gets the outcome.</param>
internal sealed record TaskOrder(
    TaskId Id,
    string Capability,
    CapabilityFilter Filter,
    ReadOnlyMemory<byte> Payload,
    bool Raw,
    bool Streaming,
    TaskOptions Options,
    string TraceId,
    string TraceParent,
    string TraceState,
    MonoTime CalledAt,
    ITaskSink Sink)
{
    /// <summary>The caller's span, which learns how often the task was tried; null when nobody listens.</summary>
    public Activity? Span { get; init; }

    public MonoTime Deadline => CalledAt + Options.Deadline;

    /// <summary>What the request breaks of a candidate's schema; null for nothing, and for one that was made from a .NET type.</summary>
    public TaskFailure? Violation(CapabilityDescriptor descriptor, SchemaValidator schemas) =>
        Raw && schemas.Validate(descriptor.RequestSchema, Payload) is { } violation
            ? new TaskFailure(
                TaskFailureCode.SchemaViolation, $"the request does not fit {descriptor}: {violation}", violation.Path)
            : null;

    /// <summary>The two messages that ask a candidate for it.</summary>
    public AheadRequest RequestOf(TaskCandidate candidate, MonoTime now) =>
        new(WriteHeader(candidate.Capability.Version, Deadline - now), Payload);

    /// <summary>The first message of an attempt's stream.</summary>
    /// <param name="version">The version the candidate offers.</param>
    /// <param name="remaining">Time until the deadline.</param>
    public byte[] WriteHeader(CapabilityVersion version, TimeSpan remaining) => new StreamHeader
    {
        Task = new TaskRequest
        {
            TaskId = UnsafeByteOperations.UnsafeWrap(Id.ToBytes()),
            Capability = Capability,
            Version = version.ToString(),
            RemainingMs = (uint)Math.Max(1, Math.Ceiling(remaining.TotalMilliseconds)),
            Idempotent = Options.Idempotent,
            Urgency = Options.Priority switch
            {
                TaskPriority.High => TaskUrgency.High,
                TaskPriority.Low => TaskUrgency.Low,
                _ => TaskUrgency.Normal,
            },
            Streaming = Streaming,
        },
        Traceparent = TraceParent,
        Tracestate = TraceState,
        MeshTraceId = TraceId,
    }.ToByteArray();
}
