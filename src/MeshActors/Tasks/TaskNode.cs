using System.Threading.Tasks;
using Akka.Actor;
using MeshActors.Agents;
using MeshActors.Capabilities;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Time;

namespace MeshActors.Tasks;

/// <summary>What a node lends to its task plane.</summary>
/// <param name="Address">This node.</param>
/// <param name="Clock">Time.</param>
/// <param name="Random">Chance.</param>
/// <param name="Schemas">Compiled schemas.</param>
/// <param name="Peers">The peer cache: who can do something.</param>
/// <param name="Own">What this node's own agents can do.</param>
/// <param name="Connector">Streams to them.</param>
/// <param name="Calls">How callers try and give up.</param>
/// <param name="Journal">Is told of every task that begins, if anyone wants to know.</param>
internal sealed record TaskNode(
    MeshAddress Address,
    Clock Clock,
    IRandomSource Random,
    SchemaValidator Schemas,
    IActorRef Peers,
    OwnCapabilities Own,
    ITaskConnector Connector,
    TaskCallSettings Calls,
    ITaskJournal? Journal)
{
    /// <summary>Opens the stream of an attempt, to this node's own agents without a tunnel.</summary>
    /// <param name="candidate">Whom to ask.</param>
    /// <param name="attempt">The number that its messages carry.</param>
    /// <param name="tasks">Who takes tasks of this node.</param>
    /// <param name="dispatch">Who gets the messages.</param>
    /// <param name="ahead">What may go ahead of the tunnel; null when it must not.</param>
    public Task<ITaskStream> OpenAsync(
        TaskCandidate candidate, int attempt, IActorRef tasks, IActorRef dispatch, AheadRequest? ahead) =>
        candidate.Peer is null
            ? Task.FromResult<ITaskStream>(LocalTaskStream.Open(Address, Address, tasks, dispatch, attempt))
            : Connector.OpenAsync(candidate, attempt, dispatch, Calls.OpenTimeout, ahead);
}
