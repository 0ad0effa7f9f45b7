using System;
using System.Threading;
using System.Threading.Tasks;
using Akka.Actor;
using MeshActors.Host.Demo.Report;
using MeshActors.Hosting;
using MeshActors.Tasks;
using MeshActors.Transport.Remoting;

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
    /// <param name="backboneRoot">Root key of the backbone, whose tunnel does not count.</param>
    /// <remarks>No relay exists in this version, so none is relayed; an endpoint the peer is not bound to was given by
    /// a NAT.</remarks>
    public PathCounts CountPaths(string backboneRoot)
    {
        var (direct, punched) = (0, 0);
        foreach (var tunnel in MeshTunnels.For(_system).Snapshot())
        {
            if (tunnel.Statistics.Endpoint is not { } endpoint || tunnel.Peer.Root.ToString() == backboneRoot)
            {
                continue;
            }

            var isBound = tunnel.Peer.Endpoints.Contains(endpoint);
            direct += isBound ? 1 : 0;
            punched += isBound ? 0 : 1;
        }

        return new PathCounts(direct, punched, Relayed: 0);
    }

    public async ValueTask DisposeAsync()
    {
        Attempts.Dispose();
        await Task.WhenAny(_system.Terminate(), Task.Delay(StopTimeout, _time, CancellationToken.None));
    }
}
