using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using MeshActors.Host.Cli;
using MeshActors.Host.Demo.Fleet;
using MeshActors.Host.Demo.Report;
using MeshActors.Host.Demo.Texts;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Files;
using MeshActors.Transport.Time;

namespace MeshActors.Host.Demo;

/// <summary>One demo from its input to its figures.</summary>
/// <remarks>
/// Its life: read the texts, start the backbone, the relay, the workers and a node of this process's own; wait until the directory
/// knows all workers; have all tasks done while one worker is killed half way (and, when asked for, the backbone at a
/// quarter, to start again at three quarters); stop everybody; read the journals; judge the figures. Every way out ends
/// all processes and removes the directory.
/// </remarks>
internal sealed class DemoRun
{
    private static readonly TimeSpan RegistrationTimeout = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan RegistrationInterval = TimeSpan.FromMilliseconds(50);

    private readonly DemoArguments _options;
    private readonly DemoView _view;
    private readonly DemoLines _json;
    private readonly Clock _clock;
    private readonly IRandomSource _random;

    /// <param name="options">What was asked.</param>
    /// <param name="view">For people.</param>
    /// <param name="json">For programs.</param>
    /// <param name="clock">Latencies and waits.</param>
    /// <param name="random">The fleet's secret, and who is killed.</param>
    public DemoRun(DemoArguments options, DemoView view, DemoLines json, Clock clock, IRandomSource random)
    {
        _options = options;
        _view = view;
        _json = json;
        _clock = clock;
        _random = random;
    }

    /// <summary>Runs it.</summary>
    /// <param name="startingPoints">Where to look for the project's own documents.</param>
    /// <param name="cancellation">Ends it early, and everything it started.</param>
    /// <exception cref="CommandFailure">It could not be run.</exception>
    public async Task<DemoSummary> RunAsync(IReadOnlyList<string> startingPoints, CancellationToken cancellation)
    {
        var input = InputFolder.Find(_options.Input, startingPoints);
        var corpus = CorpusReader.Read(input);
        var plan = TaskPlan.Make(corpus, _options.Tasks);
        _view.ShowInput(input, corpus, _options);

        using var directory = new DemoDirectory();
        var secretFile = directory.PathOf("fleet-secret");
        SecretFile.LoadOrCreate(secretFile, _random).Dispose();
        await using var fleet = await DemoFleet.StartAsync(directory, secretFile, _clock.Provider, cancellation);
        var starting = fleet.StartWorkersAsync(_options.Agents, input, cancellation);
        await using var node = new OrchestratorNode(fleet.SpecOf("orchestrator"), _clock.Provider);
        await starting;
        await WaitForWorkersAsync(node, _options.Agents, cancellation);
        _view.Say($"{fleet.Workers.Count} workers registered at the backbone {fleet.Backbone.Endpoint}, with leases at the relay {fleet.Relay.Endpoint}");

        await using var events = new FleetEvents(_options, fleet, _random, _view);
        var dispatch = new DemoDispatch(node, _clock, events.AfterOutcome, _json);
        await _view.ShowProgressAsync(
            plan.Count, ended => dispatch.RunAsync(plan, _options.Agents, ended, cancellation));
        await events.FinishAsync(cancellation);
        if (_options.KillBackbone)
        {
            await WaitForReturnAsync(fleet, _options.Agents - events.WorkersKilled, cancellation);
            _view.Say("the workers left have registered again at the restarted backbone");
        }

        var paths = node.CountPaths(fleet.Backbone.Root, fleet.Relay.Root);
        await fleet.StopAsync();
        return Close(fleet, dispatch, events, paths);
    }

    /// <summary>Asks until the directory names all workers for every capability.</summary>
    private async Task WaitForWorkersAsync(OrchestratorNode node, int count, CancellationToken cancellation)
    {
        var deadline = _clock.Now + RegistrationTimeout;
        while (await CountOffersAsync(node, count, deadline, cancellation) < count)
        {
            await PauseAsync(deadline, count, cancellation);
        }
    }

    /// <summary>Asks until the directory, which has been started again, names the workers that are left.</summary>
    /// <remarks>Each time a node asks that has just started, and so remembers nobody.</remarks>
    private async Task WaitForReturnAsync(DemoFleet fleet, int count, CancellationToken cancellation)
    {
        var deadline = _clock.Now + RegistrationTimeout;
        for (var asker = 1; ; asker++)
        {
            var spec = fleet.SpecOf(string.Create(CultureInfo.InvariantCulture, $"asker-{asker}"));
            await using var node = new OrchestratorNode(spec, _clock.Provider);
            if (await CountOffersAsync(node, count, deadline, cancellation) >= count)
            {
                return;
            }

            await PauseAsync(deadline, count, cancellation);
        }
    }

    /// <summary>Workers named for the capability that fewest are named for, once the directory answers.</summary>
    private async Task<int> CountOffersAsync(
        OrchestratorNode node, int count, MonoTime deadline, CancellationToken cancellation)
    {
        var fewest = int.MaxValue;
        foreach (var capability in DemoCapabilities.All)
        {
            int? offers;
            while ((offers = await node.CountOffersAsync(capability, cancellation)) is null)
            {
                await PauseAsync(deadline, count, cancellation);
            }

            fewest = Math.Min(fewest, offers.Value);
        }

        return fewest;
    }

    private async Task PauseAsync(MonoTime deadline, int count, CancellationToken cancellation)
    {
        if (_clock.Now > deadline)
        {
            throw new CommandFailure(
                "no-peers",
                $"The directory does not name {count} workers after {RegistrationTimeout.TotalSeconds:0} s.",
                "Check that no firewall drops UDP on loopback.");
        }

        await Task.Delay(RegistrationInterval, _clock.Provider, cancellation);
    }

    private DemoSummary Close(DemoFleet fleet, DemoDispatch dispatch, FleetEvents events, PathCounts paths)
    {
        var tally = dispatch.Tally;
        var outcomes = tally.Outcomes;
        var journals = fleet.Workers.Select(worker => JournalReading.Read(worker.Spec.Journal)).ToList();
        var latencies = tally.Latencies();
        var summary = new DemoSummary(
            tally.Submitted,
            tally.Completed,
            tally.Failed,
            tally.Duplicates + journals.Sum(journal => journal.RunTwice),
            events.WorkersKilled,
            Rounded(Percentile.Of(latencies, 50)),
            Rounded(Percentile.Of(latencies, 99)),
            paths,
            tally.Retries,
            Rounded(dispatch.Duration.TotalMilliseconds),
            events.BackboneRestarts).Judge(_options, outcomes.FirstOrDefault(outcome => !outcome.Completed));
        List<WorkerLine> workers =
        [
            .. fleet.Workers.Zip(journals, (worker, journal) => new WorkerLine(
                worker.Spec.Name,
                worker.Address,
                worker.ProcessId,
                journal.Began.Count,
                outcomes.Count(outcome => outcome.Worker == worker.Address),
                worker == events.Victim)),
        ];
        _view.ShowEnd(summary, workers, CorpusFindings.Of(outcomes));
        _json.Emit(summary);
        return summary;
    }

    private static double Rounded(double milliseconds) => Math.Round(milliseconds, 3);
}
