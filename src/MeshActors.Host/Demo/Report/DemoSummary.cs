using System.Text.Json.Serialization;
using MeshActors.Host.Cli;

namespace MeshActors.Host.Demo.Report;

/// <summary>The demo's figures; the last line of its JSON.</summary>
/// <param name="TasksSubmitted">Tasks handed to the mesh.</param>
/// <param name="TasksCompleted">Tasks with a result.</param>
/// <param name="TasksFailed">Tasks with an error.</param>
/// <param name="Duplicates">Task ids with two outcomes at the caller, and ids that ran twice in one worker by its
/// journal.</param>
/// <param name="WorkersKilled">Worker processes that got SIGKILL.</param>
/// <param name="LatencyP50Ms">Median from call to result, by nearest rank.</param>
/// <param name="LatencyP99Ms">99th percentile, by nearest rank.</param>
/// <param name="Paths">Tunnels by the path they run on.</param>
/// <param name="Retries">Attempts after each task's first.</param>
/// <param name="DurationMs">From the first submission to the last outcome.</param>
/// <param name="BackboneRestarts">Times the backbone was killed and started again.</param>
/// <param name="Error">Stable code when the figures do not hold, else null.</param>
/// <param name="Message">Which figure does not hold.</param>
/// <param name="Hint">What to do about it.</param>
internal sealed record DemoSummary(
    int TasksSubmitted,
    int TasksCompleted,
    int TasksFailed,
    int Duplicates,
    int WorkersKilled,
    double LatencyP50Ms,
    double LatencyP99Ms,
    PathCounts Paths,
    int Retries,
    double DurationMs,
    int BackboneRestarts,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Error = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Message = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Hint = null)
{
    /// <summary>Holds the figures against what the demo promises.</summary>
    /// <param name="options">What was asked.</param>
    /// <param name="firstFailure">The first task that failed, if any did.</param>
    /// <returns>The same figures, with an error when one does not hold.</returns>
    public DemoSummary Judge(DemoArguments options, DemoOutcome? firstFailure)
    {
        if (TasksFailed > 0 || TasksCompleted != options.Tasks || TasksSubmitted != options.Tasks)
        {
            return With(
                firstFailure?.Error ?? "tasks-lost",
                $"{TasksCompleted} of {options.Tasks} tasks completed, {TasksFailed} failed.",
                firstFailure?.Hint ?? "Run it again with --json and compare the tasks' lines.");
        }

        if (Duplicates > 0)
        {
            return With(
                "duplicates",
                $"{Duplicates} tasks ran or ended twice.",
                "Run it again with --json and compare the tasks' lines.");
        }

        if (WorkersKilled != 1)
        {
            return With(
                "no-kill", $"{WorkersKilled} workers were killed instead of one.", "Give it more work: --tasks 2000.");
        }

        return BackboneRestarts == (options.KillBackbone ? 1 : 0)
            ? this
            : With("no-restart", "The backbone was not started again.", "Give it more work: --tasks 2000.");
    }

    private DemoSummary With(string error, string message, string hint) =>
        this with { Error = error, Message = message, Hint = hint };
}
