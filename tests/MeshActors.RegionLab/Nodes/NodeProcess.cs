using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using MeshActors.Clusters;
using MeshActors.LinkLab.Linux;
using MeshActors.Transport.Time;

namespace MeshActors.RegionLab.Nodes;

/// <summary>A real node in a namespace, and its supervisor: started again when its process ends with 75, with a delay that grows, and never for another reason.</summary>
internal sealed class NodeProcess : IAsyncDisposable
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LargestDelay = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(15);

    private readonly NetworkNamespace _place;
    private readonly NodeOrder _order;
    private readonly List<NodeEvent> _events = [];
    private readonly List<(int Code, long At)> _ends = [];
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private Process? _process;

    public NodeProcess(NetworkNamespace place, NodeOrder order)
    {
        _place = place;
        _order = order;
        StartedAt = NodeOutput.Now;
        _running = RunAsync();
    }

    public string Name => _order.Name;

    public string Region => _order.Region;

    /// <summary>When its first process was started.</summary>
    public long StartedAt { get; }

    /// <summary>Everything that its processes have told.</summary>
    public IReadOnlyList<NodeEvent> Events
    {
        get
        {
            lock (_lock)
            {
                return [.. _events];
            }
        }
    }

    /// <summary>Exit codes of its processes, and when they ended.</summary>
    public IReadOnlyList<(int Code, long At)> Ends
    {
        get
        {
            lock (_lock)
            {
                return [.. _ends];
            }
        }
    }

    /// <summary>Address and incarnation of the process that runs; null while none listens.</summary>
    public NodeEvent? Up
    {
        get
        {
            var events = Events;
            var up = events.LastOrDefault(happened => happened.Kind == NodeEvent.Up);
            return up is not null && Ends.All(end => end.At < up.At) ? up : null;
        }
    }

    /// <summary>Its last view of the cluster; null before the first.</summary>
    public NodeEvent? View => Up is { } up
        ? Events.LastOrDefault(happened => happened.Kind == NodeEvent.Cluster && happened.At >= up.At)
        : null;

    /// <summary>Has the node run its health checks.</summary>
    /// <returns>Null when it does not answer in time.</returns>
    public async Task<NodeEvent?> CheckAsync()
    {
        var known = Events.Count;
        if (_process is not { } process)
        {
            return null;
        }

        await process.StandardInput.WriteLineAsync();
        await process.StandardInput.FlushAsync();
        var end = Clock.System.Now + AnswerTimeout;
        while (Clock.System.Now < end)
        {
            if (Events.Skip(known).FirstOrDefault(happened => happened.Kind == NodeEvent.Checked) is { } answer)
            {
                return answer;
            }

            await Task.Delay(OnceActor.Interval, Clock.System.Provider);
        }

        return null;
    }

    public async ValueTask DisposeAsync()
    {
        // Five that leave their cluster at once wait for each other, and nobody looks any more.
        await _stop.CancelAsync();
        try
        {
            _process?.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended.
        }

        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        var delay = FirstDelay;
        while (!_stop.IsCancellationRequested)
        {
            using var process = Process.Start(_place.Program("dotnet", typeof(NodeProcess).Assembly.Location, NodeProgram.Verb))!;
            _process = process;
            var started = Clock.System.Now;
            await process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(_order));
            await process.StandardInput.FlushAsync();
            var errors = process.StandardError.ReadToEndAsync();
            await ReadAsync(process.StandardOutput);
            await process.WaitForExitAsync();
            _process = null;
            lock (_lock)
            {
                _ends.Add((process.ExitCode, NodeOutput.Now));
            }

            var words = (await errors).Trim();
            if (_stop.IsCancellationRequested)
            {
                return;
            }

            if (process.ExitCode != MeshCluster.StartAgainExitCode)
            {
                await Console.Error.WriteLineAsync(string.Create(
                    CultureInfo.InvariantCulture, $"{Name} ended with {process.ExitCode}: {words}"));
                return;
            }

            delay = Clock.System.Now - started > LargestDelay ? FirstDelay : delay;
            await Task.Delay(delay, Clock.System.Provider, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            delay = delay * 2 < LargestDelay ? delay * 2 : LargestDelay;
        }
    }

    private async Task ReadAsync(StreamReader output)
    {
        while (await output.ReadLineAsync() is { } line)
        {
            var happened = JsonSerializer.Deserialize<NodeEvent>(line)!;
            lock (_lock)
            {
                _events.Add(happened);
            }
        }
    }
}
