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
    ITaskJournal? Journal);
