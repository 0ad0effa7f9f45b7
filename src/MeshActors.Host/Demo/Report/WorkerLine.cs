namespace MeshActors.Host.Demo.Report;

/// <summary>One worker process in the closing table.</summary>
/// <param name="Name"><c>worker-1</c>.</param>
/// <param name="Address">Its mesh address.</param>
/// <param name="ProcessId">The process's number.</param>
/// <param name="Began">Tasks it began, by its journal.</param>
/// <param name="Completed">Tasks whose result came from it.</param>
/// <param name="Killed">Whether it got SIGKILL.</param>
internal sealed record WorkerLine(string Name, string Address, int ProcessId, int Began, int Completed, bool Killed);
