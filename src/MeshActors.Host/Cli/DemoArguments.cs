namespace MeshActors.Host.Cli;

/// <summary>What the user asked the demo for.</summary>
/// <param name="Input">Directory with text files, or null for the project's own documents.</param>
/// <param name="Agents">Worker processes, 2 to 16.</param>
/// <param name="Tasks">Tasks to have done.</param>
/// <param name="KillBackbone">Kill the backbone at a quarter of the tasks, and start it again at three quarters.</param>
internal sealed record DemoArguments(string? Input, int Agents, int Tasks, bool KillBackbone);
