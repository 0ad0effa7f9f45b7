using System;

namespace MeshActors.TestKit.Mesh;

/// <summary>How a <see cref="MeshRun"/> ended.</summary>
/// <param name="Failure">What went wrong, null when nothing did.</param>
/// <param name="TraceHash">Equal for equal runs.</param>
/// <param name="Elapsed">Simulated time.</param>
/// <param name="Messages">Messages that were heard.</param>
/// <param name="Packets">Datagrams that were sent.</param>
/// <param name="Reached">From the end of all harm until everyone had heard everyone.</param>
/// <param name="Direct">From then until all that could talk directly did.</param>
/// <param name="MostInSecond">Datagrams that one node sent within a second, at most.</param>
/// <param name="RestingPerSecond">Datagrams a second for each node, relays included, when nobody had anything to say.</param>
/// <param name="RestingMost">The same of the node, no relay, that sent most.</param>
internal sealed record MeshResult(
    string? Failure,
    ulong TraceHash,
    TimeSpan Elapsed,
    long Messages,
    long Packets,
    TimeSpan Reached,
    TimeSpan Direct,
    int MostInSecond,
    double RestingPerSecond,
    double RestingMost);
