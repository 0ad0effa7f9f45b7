using System;
using System.Threading.Tasks;
using Akka.Actor;
using MeshActors.Tasks;
using MeshActors.Transport.Io;
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
        TaskCandidate candidate, int attempt, IActorRef dispatch, TimeSpan timeout, AheadRequest? ahead)
    {
        if (candidate.Peer is not { } peer)
        {
            throw new ArgumentException("This node itself is reached without a tunnel.", nameof(candidate));
        }

        var handler = new AttemptHandler(dispatch, attempt);
        var early = ahead is { Header: var header, Payload: var payload } && EarlyRequest.Fits(header.Length, payload.Length)
            ? new EarlyRequest(handler, [header, payload], Tell)
            : null;
        try
        {
            var tunnel = await _tunnels.OpenAsync(peer, timeout, early).ConfigureAwait(false);
            return new TunnelTaskStream(early?.Stream ?? tunnel.OpenStream(StreamLane.Streams, handler));
        }
        catch
        {
            early?.GiveUp(TaskStreamCode.Cancelled);
            throw;
        }

        void Tell(MeshStream stream) =>
            dispatch.Tell(new DispatchActor.WentAhead(attempt, candidate, new TunnelTaskStream(stream)));
    }
}
