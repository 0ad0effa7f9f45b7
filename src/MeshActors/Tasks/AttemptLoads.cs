using System.Collections.Generic;
using Akka.Actor;
using MeshActors.Peers;
using MeshActors.Wire;

namespace MeshActors.Tasks;

/// <summary>Tells the peer cache of each attempt at a peer and of its end: it ranks peers by what runs there.</summary>
internal sealed class AttemptLoads
{
    private readonly IActorRef _peers;
    private readonly HashSet<TaskAttempt> _open = [];

    public AttemptLoads(IActorRef peers)
    {
        _peers = peers;
    }

    public void Begin(TaskAttempt attempt)
    {
        _open.Add(attempt);
        _peers.Tell(new PeerTaskSent(attempt.Peer));
    }

    /// <param name="all">False: only of those attempts that have ended.</param>
    public void End(bool all) => _open.RemoveWhere(attempt =>
    {
        if (attempt.IsActive && !all)
        {
            return false;
        }

        _peers.Tell(new PeerTaskEnded(
            attempt.Peer, attempt is { State: TaskAttemptState.Refused, Failure.Code: TaskFailureCode.Busy }));
        return true;
    });
}
