using System;
using MeshActors.Agents;

namespace MeshActors.Tasks;

/// <summary>What the actor that runs a task starts from.</summary>
/// <param name="Task">The request, its fields checked.</param>
/// <param name="Payload">Its payload, not checked yet.</param>
/// <param name="Stream">Who asked first.</param>
/// <param name="Agent">Who shall do it.</param>
/// <param name="Node">What the node lends.</param>
internal sealed record TaskRun(
    InboundTask Task, ReadOnlyMemory<byte> Payload, ITaskStream Stream, ServedAgent Agent, TaskNode Node);
