using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using MeshActors.Host.Cli;
using MeshActors.Host.Demo.Fleet;
using MeshActors.Host.Demo.Report;
using MeshActors.Transport.Chance;

namespace MeshActors.Host.Demo;

/// <summary>What happens to the fleet while it works: who is killed, when, and what starts again.</summary>
/// <remarks>
/// From half of the tasks on, chance picks the worker to be killed among those that have begun a task whose result has
/// not come, by their journals; from three quarters on among all. The backbone, when asked for, is killed at a quarter
/// and started again at three quarters.
/// </remarks>
internal sealed class FleetEvents : IAsyncDisposable
{
    private readonly DemoArguments _options;
    private readonly DemoFleet _fleet;
    private readonly IRandomSource _random;
    private readonly DemoView _view;
    private readonly CancellationTokenSource _ended = new();
    private bool _backboneKilled;
    private Task? _restart;

    public FleetEvents(DemoArguments options, DemoFleet fleet, IRandomSource random, DemoView view)
    {
        _options = options;
        _fleet = fleet;
        _random = random;
        _view = view;
    }

    /// <summary>The worker that got SIGKILL, or null while none has.</summary>
    public ChildNode? Victim { get; private set; }

    public int WorkersKilled => Victim is null ? 0 : 1;

    public int BackboneRestarts { get; private set; }

    /// <summary>Called after each outcome, one at a time.</summary>
    public void AfterOutcome(DemoTally tally)
    {
        var ended = tally.Completed + tally.Failed;
        if (_options.KillBackbone && !_backboneKilled && ended * 4 >= _options.Tasks)
        {
            _backboneKilled = true;
            _fleet.KillBackbone();
            _view.Say("backbone: SIGKILL");
        }

        if (Victim is null && ended * 2 >= _options.Tasks)
        {
            KillOne(tally.Running, anybody: ended * 4 >= _options.Tasks * 3);
        }

        if (_backboneKilled && _restart is null && ended * 4 >= _options.Tasks * 3)
        {
            _restart = RestartBackboneAsync();
        }
    }

    /// <summary>Waits until what was begun has ended.</summary>
    public Task FinishAsync(CancellationToken cancellation) => (_restart ?? Task.CompletedTask).WaitAsync(cancellation);

    /// <summary>Leaves nothing under way.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await (_restart ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _ended.Dispose();
    }

    private void KillOne(IReadOnlySet<string> running, bool anybody)
    {
        var candidates = _fleet.Workers
            .Select(worker => (Worker: worker, Running: JournalReading.Read(worker.Spec.Journal).CountIn(running)))
            .Where(candidate => anybody || candidate.Running > 0)
            .ToList();
        if (candidates.Count == 0)
        {
            return;
        }

        var (victim, tasks) = candidates[_random.Below(candidates.Count)];
        victim.Kill();
        Victim = victim;
        _view.Say($"{victim.Spec.Name}: SIGKILL with {tasks} tasks begun and not answered");
    }

    private async Task RestartBackboneAsync()
    {
        await Task.Yield();
        await _fleet.RestartBackboneAsync(_ended.Token);
        BackboneRestarts++;
        _view.Say($"backbone: started again at {_fleet.Backbone.Endpoint}");
    }
}
