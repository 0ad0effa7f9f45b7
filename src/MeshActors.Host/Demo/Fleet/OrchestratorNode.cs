using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Akka.Actor;
using MeshActors.Host.Demo.Report;
using MeshActors.Hosting;
using MeshActors.Tasks;
using MeshActors.Transport.Remoting;
using MeshActors.Transport.Tunnels;

namespace MeshActors.Host.Demo.Fleet;

/// <summary>The node of the demo's own process: it asks, and serves nothing.</summary>
internal sealed class OrchestratorNode : IAsyncDisposable
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(1.5);

    private readonly ActorSystem _system;
    private readonly TimeProvider _time;

    /// <summary>Starts it.</summary>
    /// <param name="spec">What it is to be.</param>
    /// <param name="time">For the wait for its end.</param>
    public OrchestratorNode(NodeSpec spec, TimeProvider time)
    {
        _time = time;
        _system = DemoSystem.Start(spec, silent: true);
        Mesh = MeshExtension.For(_system).Mesh;
    }

    public IMesh Mesh { get; }

    /// <summary>How often each task was tried.</summary>
    public AttemptWatch Attempts { get; } = new();

    /// <summary>How many nodes the directory names for a capability; null when no directory answers yet.</summary>
    public async Task<int?> CountOffersAsync(string capability, CancellationToken cancellation)
    {
        try
        {
            return (await Mesh.QueryAsync(capability, filter: null, cancellation)).Count;
        }
        catch (MeshException)
        {
            return null;
        }
    }

    /// <summary>Its tunnels to workers by the path they run on.</summary>
    /// <param name="others">Root keys of backbone and relay, whose tunnels do not count.</param>
    public PathCounts CountPaths(params string[] others)
    {
        var paths = MeshTunnels.For(_system).Snapshot()
            .Where(tunnel => tunnel.State == TunnelState.Open && !others.Contains(tunnel.Peer.Root.ToString()))
            .Select(tunnel => tunnel.Statistics.Path)
            .ToList();
        return new PathCounts(
            paths.Count(path => path == TrafficPath.Direct),
            paths.Count(path => path == TrafficPath.Punched),
            paths.Count(path => path == TrafficPath.Relayed));
    }

    public async ValueTask DisposeAsync()
    {
        Attempts.Dispose();
        await Task.WhenAny(_system.Terminate(), Task.Delay(StopTimeout, _time, CancellationToken.None));
    }
}
