using System.Collections.Generic;
using System.Linq;
using MeshActors.Peers;

namespace MeshActors.Tasks;

/// <summary>Says in two sentences why a task failed, what was tried, and what to do.</summary>
internal static class TaskExplanation
{
    private const int MaxAttemptsNamed = 4;

    public static MeshException Explain(
        TaskOrder order, TaskCallOutcome outcome, IReadOnlyList<TaskAttempt> attempts, Candidates? answer)
    {
        var code = outcome.Code ?? MeshErrorCode.OutcomeUnknown;
        var what = $"Task {order.Id} for {order.Capability}{Wanted(order)}";
        var (message, hint) = code switch
        {
            MeshErrorCode.NoPeers => (
                $"{what}: no node offers it.",
                answer?.Hint ?? "Start an agent that serves it, or check its name and version."),
            MeshErrorCode.BackboneUnreachable => (
                $"{what}: no backbone answered, and no peer is remembered that offers it.",
                answer?.Hint ?? "Check that a backbone runs and that its endpoint and root key are the configured ones."),
            MeshErrorCode.SchemaViolation => (
                $"{what}: {outcome.Failure?.Message}.",
                "Make the payload fit the schema that the capability's descriptor shows."),
            MeshErrorCode.AgentFailed => (
                $"{what}: the agent failed: {outcome.Failure?.Message}",
                "The agent was restarted; its node's log has the stack trace under the trace id."),
            MeshErrorCode.OutcomeUnknown => (
                $"{what}: a node may have done it and cannot be asked.{Tried(attempts)}",
                "Check its effect before asking again; a task marked idempotent is tried elsewhere by itself."),
            MeshErrorCode.Unreachable => (
                $"{what}: no tunnel to a node that offers it opened.{Tried(attempts)}",
                "Check that UDP passes between the nodes and that their fleet secrets and clocks agree."),
            MeshErrorCode.NoDirectPath => (
                $"{what}: no direct path to a node that offers it, and no relay may carry the task.{Tried(attempts)}",
                "Set relay-fallback to on, give the nodes a relay they both use, or open a UDP port towards one of them."),
            MeshErrorCode.Busy => (
                $"{what}: every node that offers it is full.{Tried(attempts)}",
                "Start more agents, allow more time, or ask with a higher priority."),
            MeshErrorCode.TooLarge => (
                $"{what}: a payload is longer than 16 MiB.", "Split the work into smaller tasks, or stream the result."),
            MeshErrorCode.Cancelled => ($"{what}: cancelled.", "Nothing to do."),
            _ => (
                $"{what}: no result within {order.Options.Deadline.TotalMilliseconds:0} ms.{Tried(attempts)}",
                "Allow more time, or look at the worker's spans under the trace id."),
        };
        return new MeshException(code, message, hint, string.IsNullOrEmpty(outcome.Failure?.Field) ? null : outcome.Failure.Field);
    }

    private static string Wanted(TaskOrder order)
    {
        var wanted = new List<string>();
        if (order.Filter.Version is { } version)
        {
            wanted.Add($"version {version}");
        }

        if (order.Filter.Tags.Count > 0)
        {
            wanted.Add($"tags {string.Join(", ", order.Filter.Tags)}");
        }

        if (order.Filter.Region is { } region)
        {
            wanted.Add($"region {region}");
        }

        return wanted.Count == 0 ? string.Empty : $" ({string.Join("; ", wanted)})";
    }

    private static string Tried(IReadOnlyList<TaskAttempt> attempts)
    {
        if (attempts.Count == 0)
        {
            return string.Empty;
        }

        var last = string.Join(", ", attempts.Skip(attempts.Count - MaxAttemptsNamed).Select(attempt => attempt.ToString()));
        return attempts.Count > MaxAttemptsNamed ? $" {attempts.Count} attempts, the last: {last}." : $" Tried {last}.";
    }
}
