using System;
using System.IO;
using System.Threading.Tasks;
using MeshActors.Agents;

namespace MeshActors.EndToEnd.Tests;

/// <summary>What the slow agent is asked.</summary>
/// <param name="Began">File it makes when it begins.</param>
/// <param name="DelayMs">How long it takes.</param>
public sealed record SlowRequest(string Began, int DelayMs);

/// <summary>What it answers.</summary>
/// <param name="Waited">As it was asked.</param>
public sealed record SlowDone(int Waited);

/// <summary>Takes as long for a task as the task says; nodes of these tests host it by its name.</summary>
public sealed class SlowAgent : MeshAgent
{
    public const string Capability = "slow-work";

    public SlowAgent() => Serve<SlowRequest, SlowDone>(Capability, "1.0", WorkAsync);

    private static async Task<SlowDone> WorkAsync(SlowRequest request, TaskContext context)
    {
        await File.WriteAllTextAsync(request.Began, context.TaskId.ToString());
        await Task.Delay(TimeSpan.FromMilliseconds(request.DelayMs));
        return new SlowDone(request.DelayMs);
    }
}
