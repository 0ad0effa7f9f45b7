using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using MeshActors.Host.Demo.Texts;

namespace MeshActors.Host.Demo.Fleet;

/// <summary>The processes of one demo: a backbone, a relay and the workers.</summary>
/// <remarks>Whatever happens, disposing it leaves no process behind.</remarks>
internal sealed class DemoFleet : IAsyncDisposable
{
    private static readonly TimeSpan ReadyTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(2);

    private readonly DemoDirectory _directory;
    private readonly string _fleetSecretFile;
    private readonly TimeProvider _time;
    private readonly List<ChildNode> _workers = [];
    private readonly ChildNode _relay;
    private ChildNode _backbone;

    private DemoFleet(
        DemoDirectory directory,
        string fleetSecretFile,
        TimeProvider time,
        (ChildNode Node, NodeReady Ready) backbone,
        (ChildNode Node, NodeReady Ready) relay)
    {
        _directory = directory;
        _fleetSecretFile = fleetSecretFile;
        _time = time;
        _backbone = backbone.Node;
        _relay = relay.Node;
        Backbone = new BackboneReady(backbone.Ready.Endpoint, backbone.Ready.Root);
        Relay = new BackboneReady(relay.Ready.Endpoint, relay.Ready.Root);
    }

    /// <summary>In the order of their names.</summary>
    public IReadOnlyList<ChildNode> Workers => _workers;

    /// <summary>Where the backbone is, also after it was started again.</summary>
    public BackboneReady Backbone { get; }

    /// <summary>Where the relay is.</summary>
    public BackboneReady Relay { get; }

    /// <summary>Starts the backbone and the relay, and waits until they work.</summary>
    public static async Task<DemoFleet> StartAsync(
        DemoDirectory directory, string fleetSecretFile, TimeProvider time, CancellationToken cancellation)
    {
        var backbone = await StartOneAsync(BackboneSpec(directory, fleetSecretFile, port: 0), directory, time, cancellation);
        try
        {
            var relay = await StartOneAsync(RelaySpec(directory, fleetSecretFile), directory, time, cancellation);
            return new DemoFleet(directory, fleetSecretFile, time, backbone, relay);
        }
        catch
        {
            await backbone.Node.DisposeAsync();
            throw;
        }
    }

    /// <summary>SIGKILL for the backbone.</summary>
    public void KillBackbone() => _backbone.Kill();

    /// <summary>Starts the backbone again, as the same node on the same port, and waits until it works.</summary>
    public async Task RestartBackboneAsync(CancellationToken cancellation)
    {
        await _backbone.DisposeAsync();
        var port = IPEndPoint.Parse(Backbone.Endpoint).Port;
        var spec = BackboneSpec(_directory, _fleetSecretFile, port);
        (_backbone, _) = await StartOneAsync(spec, _directory, _time, cancellation);
    }

    /// <summary>Starts all workers at once and waits until they work.</summary>
    public async Task StartWorkersAsync(int count, InputFolder input, CancellationToken cancellation)
    {
        for (var i = 1; i <= count; i++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"worker-{i}");
            _workers.Add(ChildNode.Start(
                SpecOf(name) with
                {
                    InputRoot = input.Root,
                    InputOnly = input.Only,
                    Journal = _directory.PathOf(name + ".journal"),
                },
                _directory.Root));
        }

        await Task.WhenAll(_workers.Select(worker => worker.WaitReadyAsync(ReadyTimeout, _time, cancellation)));
    }

    /// <summary>A node of the fleet on any port, registered at the backbone.</summary>
    public NodeSpec SpecOf(string name) => new()
    {
        Name = name,
        IdentityDirectory = _directory.PathOf(name),
        FleetSecretFile = _fleetSecretFile,
        Backbone = Backbone,
        Relay = Relay,
    };

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

    private static NodeSpec BackboneSpec(DemoDirectory directory, string fleetSecretFile, int port) => new()
    {
        Name = "backbone",
        IsBackbone = true,
        Port = port,
        IdentityDirectory = directory.PathOf("backbone"),
        FleetSecretFile = fleetSecretFile,
    };

    private static NodeSpec RelaySpec(DemoDirectory directory, string fleetSecretFile) => new()
    {
        Name = "relay",
        IsRelay = true,
        IdentityDirectory = directory.PathOf("relay"),
        FleetSecretFile = fleetSecretFile,
    };

    private static async Task<(ChildNode Node, NodeReady Ready)> StartOneAsync(
        NodeSpec spec, DemoDirectory directory, TimeProvider time, CancellationToken cancellation)
    {
        var child = ChildNode.Start(spec, directory.Root);
        try
        {
            return (child, await child.WaitReadyAsync(ReadyTimeout, time, cancellation));
        }
        catch
        {
            await child.DisposeAsync();
            throw;
        }
    }

    private IEnumerable<ChildNode> All() => _workers.Append(_relay).Append(_backbone);
}
