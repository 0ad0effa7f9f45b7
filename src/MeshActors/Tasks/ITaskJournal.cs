namespace MeshActors.Tasks;

/// <summary>Is told of every task that an agent of this node begins, before the agent's handler is called.</summary>
/// <remarks>Called on the agent's thread, so a slow journal slows its agent; an exception fails the task.</remarks>
public interface ITaskJournal
{
    /// <summary>The agent's handler is about to be called.</summary>
    /// <param name="task">The task's id.</param>
    /// <param name="agent">The agent's name.</param>
    /// <param name="capability">The capability that was asked for.</param>
    void TaskStarting(TaskId task, string agent, string capability);
}
