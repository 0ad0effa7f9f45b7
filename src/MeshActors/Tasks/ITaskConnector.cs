using System;
using System.Threading.Tasks;
using Akka.Actor;

namespace MeshActors.Tasks;

/// <summary>Opens the stream of one attempt; what happens on it is told to the dispatch as <see cref="DispatchActor"/>'s messages.</summary>
internal interface ITaskConnector
{
    /// <summary>Completes when the peer's tunnel is open; fails when it does not open in time.</summary>
    /// <param name="candidate">Whom to ask.</param>
    /// <param name="attempt">The number that its messages to <paramref name="dispatch"/> carry.</param>
    /// <param name="dispatch">Who gets them.</param>
    /// <param name="timeout">How long the tunnel may take.</param>
    /// <param name="ahead">What may go ahead of the tunnel, null when it must not. Where it did, the dispatch is told <see cref="DispatchActor.WentAhead"/> before
    /// anything else, also before this completes, and sends it no more.</param>
    Task<ITaskStream> OpenAsync(
        TaskCandidate candidate, int attempt, IActorRef dispatch, TimeSpan timeout, AheadRequest? ahead);
}
