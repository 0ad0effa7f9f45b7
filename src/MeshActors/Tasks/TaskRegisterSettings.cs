using System;

namespace MeshActors.Tasks;

/// <summary>The bounds of a worker.</summary>
internal sealed record TaskRegisterSettings
{
    /// <summary>Tasks of the node that run or wait for their agent.</summary>
    public int MaxRunning { get; init; } = 1_024;

    /// <summary>Tasks of one agent that run or wait for it; it works on one at a time.</summary>
    public int MaxRunningPerAgent { get; init; } = 64;

    /// <summary>How long an outcome is kept for callers that ask again.</summary>
    public TimeSpan OutcomeLifetime { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Ended tasks remembered; the oldest goes first, and would run again if asked for again.</summary>
    public int MaxOutcomes { get; init; } = 100_000;

    /// <summary>Bytes of outcomes kept; beyond, the oldest tasks keep their id only: they never run again either.</summary>
    public long MaxOutcomeBytes { get; init; } = 64 * 1024 * 1024;
}
