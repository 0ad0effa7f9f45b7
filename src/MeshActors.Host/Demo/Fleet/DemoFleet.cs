using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using MeshActors.Host.Demo.Texts;

namespace MeshActors.Host.Demo.Fleet;

/// <summary>The processes of one demo: a backbone and its workers.</summary>
/// <remarks>Whatever happens, disposing it leaves no process behind.</remarks>
internal sealed class DemoFleet : IAsyncDisposable
{
    private static readonly TimeSpan ReadyTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(2);

    private readonly DemoDirectory _directory;
    private readonly string _fleetSecretFile;
    private readonly TimeProvider _time;
    private readonly List<ChildNode> _workers = [];
    private ChildNode? _backbone;

    public DemoFleet(DemoDirectory directory, string fleetSecretFile, TimeProvider time)
    {
        _directory = directory;
        _fleetSecretFile = fleetSecretFile;
        _time = time;
    }

    /// <summary>In the order of their names.</summary>
    public IReadOnlyList<ChildNode> Workers => _workers;

    /// <summary>Where the backbone is; once it was started.</summary>
    public BackboneReady Backbone { get; private set; } = null!;

    /// <summary>Starts the backbone and waits until it works.</summary>
    public async Task StartBackboneAsync(CancellationToken cancellation)
    {
        var port = 0;
        if (_backbone is not null)
        {
            port = int.Parse(Backbone.Endpoint.AsSpan(Backbone.Endpoint.LastIndexOf(':') + 1), CultureInfo.InvariantCulture);
            await _backbone.DisposeAsync();
        }

        _backbone = ChildNode.Start(
            new NodeSpec
            {
                Name = "backbone",
                IsBackbone = true,
                Port = port,
                IdentityDirectory = _directory.PathOf("backbone"),
                FleetSecretFile = _fleetSecretFile,
            },
            _directory.Root);
        var ready = await _backbone.WaitReadyAsync(ReadyTimeout, _time, cancellation);
        Backbone = new BackboneReady(ready.Endpoint, ready.Root);
    }

    /// <summary>Starts all workers at once and waits until they work.</summary>
    public async Task StartWorkersAsync(int count, InputFolder input, CancellationToken cancellation)
    {
        for (var i = 1; i <= count; i++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"worker-{i}");
            _workers.Add(ChildNode.Start(
                new NodeSpec
                {
                    Name = name,
                    IdentityDirectory = _directory.PathOf(name),
                    FleetSecretFile = _fleetSecretFile,
                    Backbone = Backbone,
                    InputRoot = input.Root,
                    InputOnly = input.Only,
                    Journal = _directory.PathOf(name + ".journal"),
                },
                _directory.Root));
        }

        await Task.WhenAll(_workers.Select(worker => worker.WaitReadyAsync(ReadyTimeout, _time, cancellation)));
    }

    /// <summary>SIGKILL for the backbone.</summary>
    public void KillBackbone() => _backbone?.Kill();

    /// <summary>Asks all processes to stop; who does not in time is killed.</summary>
    public async Task StopAsync()
    {
        await Task.WhenAll(All().Select(child => child.StopAsync(StopTimeout, _time)));
        await DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        // All get the signal before any is waited for.
        foreach (var child in All())
        {
            child.Kill();
        }

        foreach (var child in All())
        {
            await child.DisposeAsync();
        }
    }

    private IEnumerable<ChildNode> All() => _backbone is null ? _workers : _workers.Append(_backbone);
}
