using System.Threading.Tasks;
using MeshActors.Agents;

namespace MeshActors.Host.Tests.Roles;

/// <summary>Says what it was told.</summary>
public sealed class EchoAgent : MeshAgent
{
    public EchoAgent()
    {
        Serve<EchoText, EchoText>("echo", "1.0", (request, _) => Task.FromResult(request));
        Serve<EchoText, EchoText>("slow-echo", "1.0", SlowAsync);
    }

    /// <summary>Ends when a slow task has begun.</summary>
    public static TaskCompletionSource Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Lets the slow task end.</summary>
    public static TaskCompletionSource MayEnd { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static async Task<EchoText> SlowAsync(EchoText request, TaskContext context)
    {
        Begun.TrySetResult();
        await MayEnd.Task;
        return request;
    }
}
