namespace MeshActors.Tasks;

/// <summary>Why an operation on the mesh failed; the names, in kebab case, are the error codes of the command line.</summary>
public enum MeshErrorCode
{
    /// <summary>No node offers what was asked for.</summary>
    NoPeers,

    /// <summary>The deadline passed before there was a result.</summary>
    DeadlineExceeded,

    /// <summary>A payload does not fit the schema of its capability; the message names the field.</summary>
    SchemaViolation,

    /// <summary>An agent may have done the task, and nobody can tell whether it did.</summary>
    OutcomeUnknown,

    /// <summary>The caller cancelled the task.</summary>
    Cancelled,

    /// <summary>The agent threw; the message is its exception's.</summary>
    AgentFailed,

    /// <summary>Nodes offer the capability, but no tunnel to any of them opens.</summary>
    Unreachable,

    /// <summary>No backbone answers, and nothing that is remembered helps.</summary>
    BackboneUnreachable,

    /// <summary>Every node that offers the capability has as many tasks as it takes.</summary>
    Busy,

    /// <summary>A payload is longer than 16 MiB.</summary>
    TooLarge,

    /// <summary>This node is stopping.</summary>
    ShuttingDown,

    /// <summary>Nodes offer the capability, but there is no direct path to any of them, and no relay may carry the task.</summary>
    NoDirectPath,
}
