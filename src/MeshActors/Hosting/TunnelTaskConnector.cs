using System;
using System.Threading.Tasks;
using Akka.Actor;
using MeshActors.Tasks;
using MeshActors.Transport.Remoting;
using MeshActors.Transport.Streams;

namespace MeshActors.Hosting;

/// <summary>Opens tasks' streams on the node's tunnels.</summary>
internal sealed class TunnelTaskConnector : ITaskConnector
{
    private readonly MeshTunnels _tunnels;

    public TunnelTaskConnector(MeshTunnels tunnels)
    {
        _tunnels = tunnels;
    }

    public async Task<ITaskStream> OpenAsync(
        TaskCandidate candidate, int attempt, IActorRef dispatch, TimeSpan timeout)
    {
        if (candidate.Peer is not { } peer)
        {
            throw new ArgumentException("This node itself is reached without a tunnel.", nameof(candidate));
        }

        var tunnel = await _tunnels.OpenAsync(peer, timeout).ConfigureAwait(false);
        return new TunnelTaskStream(tunnel.OpenStream(StreamLane.Streams, new AttemptHandler(dispatch, attempt)));
    }
}
