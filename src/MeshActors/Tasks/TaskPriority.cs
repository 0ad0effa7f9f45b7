namespace MeshActors.Tasks;

/// <summary>Which tasks a node takes when it has nearly as many as it can hold.</summary>
public enum TaskPriority
{
    /// <summary>Refused from nine tenths of the node's and the agent's bounds on.</summary>
    Normal,

    /// <summary>Refused from half of the bounds on: work that can wait.</summary>
    Low,

    /// <summary>Taken up to the bounds.</summary>
    High,
}
