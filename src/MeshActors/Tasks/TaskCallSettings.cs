using System;

namespace MeshActors.Tasks;

/// <summary>How a caller tries, waits and gives up.</summary>
internal sealed record TaskCallSettings
{
    /// <summary>The first wait between two rounds over all candidates; doubles, with jitter.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>No wait between two rounds is longer.</summary>
    public TimeSpan LargestDelay { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long the answer "nobody offers it" is not believed, but at most half of the task's time: nodes register again
    /// after a backbone's restart, and a caller that starts with its workers is early.
    /// </summary>
    public TimeSpan NoPeersPatience { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long a tunnel to a candidate may take to open before the next one is tried.</summary>
    public TimeSpan OpenTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long the peer cache may take to name candidates.</summary>
    public TimeSpan SearchTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Attempts in all; the task fails when none of them succeeds.</summary>
    public int MaxAttempts { get; init; } = 32;

    /// <summary>Attempts of an idempotent task at one time, while tunnels have failed.</summary>
    public int MaxParallelAttempts { get; init; } = 3;
}
