using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using MeshActors.Host.Demo.Agents;
using MeshActors.Host.Demo.Fleet;
using MeshActors.Host.Demo.Report;
using MeshActors.Tasks;
using MeshActors.Transport.Time;

namespace MeshActors.Host.Demo;

/// <summary>Hands the planned tasks to the mesh, so many at a time, and takes their outcomes in one after the
/// other.</summary>
internal sealed class DemoDispatch
{
    /// <summary>Tasks under way at a time, for each worker.</summary>
    public const int TasksPerWorker = 4;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly object _gate = new();
    private readonly OrchestratorNode _node;
    private readonly Clock _clock;
    private readonly Action<DemoTally> _afterOutcome;
    private readonly DemoLines _json;

    /// <param name="node">This process's own node.</param>
    /// <param name="clock">Latencies.</param>
    /// <param name="afterOutcome">Called after each outcome, one at a time.</param>
    /// <param name="json">Gets an object for each outcome.</param>
    public DemoDispatch(
        OrchestratorNode node, Clock clock, Action<DemoTally> afterOutcome, DemoLines json)
    {
        _node = node;
        _clock = clock;
        _afterOutcome = afterOutcome;
        _json = json;
    }

    /// <summary>What the caller has seen; to be read when <see cref="RunAsync"/> has ended.</summary>
    public DemoTally Tally { get; } = new();

    /// <summary>From the first submission to the last outcome.</summary>
    public TimeSpan Duration { get; private set; }

    /// <summary>Ends when every task has.</summary>
    /// <param name="plan">The tasks.</param>
    /// <param name="workers">How many workers there are.</param>
    /// <param name="ended">Told how many tasks have ended.</param>
    /// <param name="cancellation">Ends it early.</param>
    public async Task RunAsync(
        IReadOnlyList<PlannedTask> plan, int workers, Action<int> ended, CancellationToken cancellation)
    {
        var start = _clock.Now;
        var waiting = new Queue<PlannedTask>(plan);
        await Task.WhenAll(Enumerable.Range(0, workers * TasksPerWorker)
            .Select(_ => Task.Run(() => WorkOffAsync(waiting, ended, cancellation), cancellation)));
        Duration = _clock.Now - start;
    }

    private async Task WorkOffAsync(Queue<PlannedTask> waiting, Action<int> ended, CancellationToken cancellation)
    {
        while (Take(waiting) is { } task)
        {
            var outcome = await AskAsync(task, cancellation);
            lock (_gate)
            {
                Tally.HandleOutcome(outcome);
                _json.Emit(outcome);
                ended(Tally.Completed + Tally.Failed);
                _afterOutcome(Tally);
            }
        }
    }

    private PlannedTask? Take(Queue<PlannedTask> waiting)
    {
        lock (_gate)
        {
            if (!waiting.TryDequeue(out var task))
            {
                return null;
            }

            Tally.HandleSubmitted(task);
            return task;
        }
    }

    private async Task<DemoOutcome> AskAsync(PlannedTask task, CancellationToken cancellation)
    {
        var start = _clock.Now;
        try
        {
            var (worker, result) = task.Capability switch
            {
                DemoCapabilities.TextStatistics => await AskAsync<TextStatistics>(task, cancellation),
                DemoCapabilities.KeywordExtraction => await AskAsync<Keywords>(task, cancellation),
                _ => await AskAsync<Citations>(task, cancellation),
            };
            return Outcome(task, start, worker, result, failure: null);
        }
        catch (MeshException e)
        {
            return Outcome(task, start, worker: null, result: null, e);
        }
    }

    private async Task<(string Worker, object Result)> AskAsync<T>(PlannedTask task, CancellationToken cancellation)
        where T : class
    {
        var chunk = task.Chunk;
        var options = new TaskOptions { Deadline = Deadline, Idempotent = true, TraceId = task.Id };
        var done = await _node.Mesh.AskAsync<ChunkRequest, WorkDone<T>>(
            task.Capability, new ChunkRequest(chunk.File, chunk.Line, chunk.Text), options, cancellation);
        return (done.Worker, done.Result);
    }

    private DemoOutcome Outcome(
        PlannedTask task, MonoTime start, string? worker, object? result, MeshException? failure) =>
        new(
            task,
            worker,
            Math.Round((_clock.Now - start).TotalMilliseconds, 3),
            _node.Attempts.TakeOf(task.Id),
            result,
            failure?.Code.ToName(),
            failure?.Hint);
}
