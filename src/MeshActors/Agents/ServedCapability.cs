using System;
using System.Diagnostics.CodeAnalysis;
using System.Threading.Tasks;
using MeshActors.Capabilities;

namespace MeshActors.Agents;

/// <summary>Turns a payload into the handler's request; closes over nothing of the agent.</summary>
/// <returns>False when the payload does not fit.</returns>
internal delegate bool RequestReader(
    SchemaValidator schemas,
    ReadOnlyMemory<byte> payload,
    out object? request,
    [NotNullWhen(false)] out SchemaViolation? violation);

/// <summary>Calls the agent's handler and passes on what it gives; faults when the handler does.</summary>
internal delegate Task TaskHandler(object? request, TaskContext context, TaskOutput output);

/// <summary>One capability of one agent: what it says about it, and how it is called.</summary>
/// <param name="Descriptor">What the directory is told.</param>
/// <param name="Shape">How the handler gives its result.</param>
/// <param name="Read">Checks a payload before it reaches the agent.</param>
/// <param name="Handle">Belongs to one incarnation of the agent, and is called on its thread only.</param>
internal sealed record ServedCapability(
    CapabilityDescriptor Descriptor, HandlerShape Shape, RequestReader Read, TaskHandler Handle)
{
    /// <summary>True when the result comes in parts.</summary>
    public bool Streaming => Shape == HandlerShape.Parts;
}

/// <summary>How a handler gives its result.</summary>
internal enum HandlerShape
{
    /// <summary>Returns it; the task given by <see cref="ServedCapability.Handle"/> has ended when it returns.</summary>
    Value,

    /// <summary>Returns a task of it.</summary>
    Task,

    /// <summary>Enumerates its parts.</summary>
    Parts,
}
