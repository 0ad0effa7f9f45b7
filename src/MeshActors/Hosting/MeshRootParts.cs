using System;
using Akka.Actor;
using MeshActors.Agents;
using MeshActors.Tasks;

namespace MeshActors.Hosting;

/// <summary>What <see cref="MeshRootActor"/> starts its children from.</summary>
/// <param name="Own">Where the node's agents say what they serve.</param>
/// <param name="Discovery">Registers the node, asks the backbones.</param>
/// <param name="Peers">Makes the peer cache, given who asks the backbones.</param>
/// <param name="Backbone">The directory, where the role is on.</param>
/// <param name="Directory">Takes directory streams for the directory; null where the role is off.</param>
/// <param name="Calls">How callers try and give up.</param>
/// <param name="Work">The bounds of the worker.</param>
/// <param name="Journal">Is told of every task that begins, if anyone wants to know.</param>
internal sealed record MeshRootParts(
    OwnCapabilities Own,
    Props Discovery,
    Func<IActorRef, Props> Peers,
    Props? Backbone,
    Func<IActorRef, StreamRoute?> Directory,
    TaskCallSettings Calls,
    TaskRegisterSettings Work,
    ITaskJournal? Journal);
