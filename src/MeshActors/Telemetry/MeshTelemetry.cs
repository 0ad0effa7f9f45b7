using System;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using MeshActors.Tasks;

namespace MeshActors.Telemetry;

/// <summary>The names under which the mesh traces and measures: source and meter <c>MeshActors</c>.</summary>
internal static class MeshTelemetry
{
    /// <summary>Of the activity source and of the meter.</summary>
    public const string Name = "MeshActors";

    /// <summary>The correlation id as an HTTP header, a log field and a span's attribute.</summary>
    public const string CorrelationHeader = "x-mesh-trace-id";

    /// <summary>Attribute of the caller's span: how often the task was tried, on one node or several.</summary>
    public const string Attempts = "mesh.attempts";

    public static readonly ActivitySource Source = new(Name);

    public static readonly Meter Meter = new(Name);

    private static readonly Histogram<double> TaskDuration = Meter.CreateHistogram<double>(
        "mesh.task.duration", "s", "From the call to the one outcome the caller gets.");

    private static readonly Counter<long> TaskRetries = Meter.CreateCounter<long>(
        "mesh.task.retries", "{attempt}", "Attempts after a task's first.");

    private static readonly Counter<long> BadMessages = Meter.CreateCounter<long>(
        "mesh.stream.bad_messages", "{message}", "Messages of streams that are not what the protocol has at that place.");

    /// <summary>A caller has its outcome.</summary>
    /// <param name="capability">What was asked for.</param>
    /// <param name="outcome">Null when it completed.</param>
    /// <param name="elapsed">Since the call.</param>
    /// <param name="attempts">Attempts in all.</param>
    public static void TaskEnded(string capability, MeshErrorCode? outcome, TimeSpan elapsed, int attempts)
    {
        var capabilityTag = new System.Collections.Generic.KeyValuePair<string, object?>("capability", capability);
        TaskDuration.Record(
            elapsed.TotalSeconds,
            capabilityTag,
            new("outcome", outcome is { } code ? code.ToName() : "completed"));
        if (attempts > 1)
        {
            TaskRetries.Add(attempts - 1, capabilityTag);
        }
    }

    /// <summary>A stream was reset because of what it carried.</summary>
    public static void BadMessage() => BadMessages.Add(1);

    /// <summary>The caller's span of one task; null when nobody listens.</summary>
    public static Activity? StartCall(string capability, TaskId task, string traceId) =>
        Describe(Source.StartActivity($"ask {capability}", ActivityKind.Client), capability, task, traceId);

    /// <summary>The worker's span of one task, below the caller's.</summary>
    /// <param name="capability">What was asked for.</param>
    /// <param name="task">The task's id.</param>
    /// <param name="traceId">The correlation id.</param>
    /// <param name="traceparent">Of the caller's span, as W3C Trace Context has it; anything else is no parent.</param>
    /// <param name="tracestate">Of the caller's span.</param>
    public static Activity? StartRun(
        string capability, TaskId task, string traceId, string traceparent, string tracestate)
    {
        _ = ActivityContext.TryParse(traceparent, tracestate, isRemote: true, out var parent);
        return Describe(
            Source.StartActivity($"run {capability}", ActivityKind.Server, parent), capability, task, traceId);
    }

    private static Activity? Describe(Activity? activity, string capability, TaskId task, string traceId) =>
        activity?.SetTag("mesh.capability", capability)
            .SetTag("mesh.task", task.ToString())
            .SetTag(CorrelationHeader, traceId);

    /// <summary>Says how often a task was tried; its caller's span has not ended yet.</summary>
    public static void Tried(Activity? activity, int attempts) =>
        activity?.SetTag(Attempts, attempts.ToString(CultureInfo.InvariantCulture));

    /// <summary>Ends a span with its outcome.</summary>
    public static void End(Activity? activity, string? failure)
    {
        if (activity is null)
        {
            return;
        }

        activity.SetStatus(failure is null ? ActivityStatusCode.Ok : ActivityStatusCode.Error, failure);
        activity.Dispose();
    }
}
