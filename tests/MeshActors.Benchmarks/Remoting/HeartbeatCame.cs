namespace MeshActors.Benchmarks.Remoting;

/// <summary>A heartbeat, or the answer to one, has reached a failure detector.</summary>
/// <param name="Ticks">When, by the stopwatch.</param>
internal sealed record HeartbeatCame(long Ticks);
