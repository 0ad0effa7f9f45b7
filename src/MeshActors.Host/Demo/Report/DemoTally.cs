using System;
using System.Collections.Generic;
using System.Linq;

namespace MeshActors.Host.Demo.Report;

/// <summary>Counts what the caller sees: what was submitted, what ended and how, and what ended twice.</summary>
/// <remarks>Every task has one outcome: the first counts, each further one is a duplicate.</remarks>
internal sealed class DemoTally
{
    private readonly HashSet<string> _running = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DemoOutcome> _outcomes = new(StringComparer.Ordinal);
    private readonly HashSet<string> _duplicates = new(StringComparer.Ordinal);

    public int Submitted { get; private set; }

    public int Completed { get; private set; }

    public int Failed { get; private set; }

    /// <summary>Tasks with a second outcome.</summary>
    public int Duplicates => _duplicates.Count;

    /// <summary>Attempts after each task's first.</summary>
    public int Retries => _outcomes.Values.Sum(outcome => Math.Max(0, outcome.Attempts - 1));

    /// <summary>Submitted and without an outcome.</summary>
    public IReadOnlySet<string> Running => _running;

    /// <summary>In the order of the tasks' ids.</summary>
    public IReadOnlyList<DemoOutcome> Outcomes =>
        [.. _outcomes.Values.OrderBy(outcome => outcome.Task.Id, StringComparer.Ordinal)];

    /// <summary>A task was handed to the mesh.</summary>
    /// <exception cref="ArgumentException">It was before: ids are unique.</exception>
    public void HandleSubmitted(PlannedTask task)
    {
        if (_outcomes.ContainsKey(task.Id) || !_running.Add(task.Id))
        {
            throw new ArgumentException($"Task {task.Id} was submitted before.", nameof(task));
        }

        Submitted++;
    }

    /// <summary>A task has ended at the caller.</summary>
    public void HandleOutcome(DemoOutcome outcome)
    {
        if (!_outcomes.TryAdd(outcome.Task.Id, outcome))
        {
            _duplicates.Add(outcome.Task.Id);
            return;
        }

        _running.Remove(outcome.Task.Id);
        Completed += outcome.Completed ? 1 : 0;
        Failed += outcome.Completed ? 0 : 1;
    }

    /// <summary>Latencies of completed tasks in milliseconds, ascending.</summary>
    public List<double> Latencies() =>
        [.. _outcomes.Values.Where(outcome => outcome.Completed).Select(outcome => outcome.LatencyMs).Order()];
}
