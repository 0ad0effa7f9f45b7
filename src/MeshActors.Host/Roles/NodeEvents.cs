using System.Threading.Tasks;

namespace MeshActors.Host.Roles;

/// <summary>What the node must hear of its directories; told by <see cref="NodeEventsActor"/>, read by anyone.</summary>
internal sealed class NodeEvents
{
    private readonly TaskCompletionSource<string> _addressTaken = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends with the directory that says another root holds this node's address.</summary>
    public Task<string> AddressTaken => _addressTaken.Task;

    public void HandleAddressTaken(string backbone) => _addressTaken.TrySetResult(backbone);
}
