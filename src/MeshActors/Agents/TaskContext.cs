using System;
using System.Threading;
using MeshActors.Tasks;
using MeshActors.Transport.Addressing;

namespace MeshActors.Agents;

/// <summary>What an agent's handler may know about the task it works on.</summary>
public sealed class TaskContext
{
    internal TaskContext(
        TaskId taskId,
        string capability,
        MeshAddress caller,
        DateTimeOffset deadline,
        string traceId,
        CancellationToken cancellationToken)
    {
        TaskId = taskId;
        Capability = capability;
        Caller = caller;
        Deadline = deadline;
        TraceId = traceId;
        CancellationToken = cancellationToken;
    }

    /// <summary>The same in every attempt of the task, on every node.</summary>
    public TaskId TaskId { get; }

    /// <summary>The capability that was asked for.</summary>
    public string Capability { get; }

    /// <summary>The node that asked; its tunnel proves it.</summary>
    public MeshAddress Caller { get; }

    /// <summary>When the caller gives up, by this node's wall clock.</summary>
    public DateTimeOffset Deadline { get; }

    /// <summary>The correlation id <c>x-mesh-trace-id</c> for logs; the caller chose it.</summary>
    public string TraceId { get; }

    /// <summary>Cancelled when the caller cancels, when the deadline passes and when the node stops.</summary>
    public CancellationToken CancellationToken { get; }
}
