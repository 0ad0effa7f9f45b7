namespace MeshActors.Host.Demo.Report;

/// <summary>One task's end, as its caller saw it.</summary>
/// <param name="Task">What was asked.</param>
/// <param name="Worker">Mesh address of the node that did it; null when it failed.</param>
/// <param name="LatencyMs">From the call to its end.</param>
/// <param name="Attempts">How often it was tried, as the caller's own span says; 0 when there was nobody to
/// try.</param>
/// <param name="Result">What the worker found; null when it failed.</param>
/// <param name="Error">Stable code; null when it completed.</param>
/// <param name="Hint">What to do about the error.</param>
internal sealed record DemoOutcome(
    PlannedTask Task,
    string? Worker,
    double LatencyMs,
    int Attempts,
    object? Result,
    string? Error = null,
    string? Hint = null)
{
    public bool Completed => Error is null;
}
