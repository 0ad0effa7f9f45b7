using Akka.Actor;

namespace MeshActors.Agents;

/// <summary>One capability of one agent that is there.</summary>
/// <param name="Name">The agent's name below <c>/user/mesh/agents</c>.</param>
/// <param name="Ref">The agent.</param>
/// <param name="Served">The capability.</param>
internal sealed record ServedAgent(string Name, IActorRef Ref, ServedCapability Served);
