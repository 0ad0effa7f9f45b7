namespace MeshActors.Host.Demo;

/// <summary>What the command line asks of a demo.</summary>
/// <param name="Input">Directory of the texts; null for the project's own documents.</param>
/// <param name="Agents">Worker processes, <see cref="MinAgents"/> to <see cref="MaxAgents"/>.</param>
/// <param name="Tasks">Tasks, <see cref="TaskPlan.MinTasks"/> to <see cref="TaskPlan.MaxTasks"/>.</param>
/// <param name="KillBackbone">Kill the backbone too, and start it again later.</param>
internal sealed record DemoOptions(string? Input, int Agents, int Tasks, bool KillBackbone)
{
    /// <summary>One is killed, one must be left.</summary>
    public const int MinAgents = 2;

    /// <summary>Processes one machine starts without getting slow.</summary>
    public const int MaxAgents = 16;
}
