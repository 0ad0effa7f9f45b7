using System;
using System.Collections.Generic;
using MeshActors.Transport.Paths;

namespace MeshActors.TestKit.Nat;

/// <summary>How a <see cref="NatPair"/> ended.</summary>
/// <param name="Scenario">What was played.</param>
/// <param name="Oracle">Whether there is a direct path.</param>
/// <param name="Failure">What went wrong, null when nothing did.</param>
/// <param name="TraceHash">Equal for equal runs.</param>
/// <param name="Elapsed">Simulated time.</param>
/// <param name="Messages">Messages that came to the side that was dialled.</param>
/// <param name="Opened">Until the tunnel was open at the side that dialled.</param>
/// <param name="FirstMessage">Until the first message was there.</param>
/// <param name="Direct">Until both sent directly, from the first dial on; null when they did not in time.</param>
/// <param name="RelayedRoundTrip">Over the nearer relay.</param>
/// <param name="GapBound">The longest time without a message that a harm may cost.</param>
/// <param name="WorstGap">The longest time without a message after the harm.</param>
/// <param name="Punching">What the side that dialled says of guessing ports.</param>
/// <param name="Trace">The lines, when they were kept.</param>
internal sealed record NatPairResult(
    NatPairScenario Scenario,
    DirectPath Oracle,
    string? Failure,
    ulong TraceHash,
    TimeSpan Elapsed,
    long Messages,
    TimeSpan Opened,
    TimeSpan FirstMessage,
    TimeSpan? Direct,
    TimeSpan RelayedRoundTrip,
    TimeSpan GapBound,
    TimeSpan WorstGap,
    PunchOutcome Punching,
    IReadOnlyList<string> Trace);
