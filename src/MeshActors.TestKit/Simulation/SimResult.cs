using System;
using System.Collections.Generic;

namespace MeshActors.TestKit.Simulation;

/// <summary>How a simulated run ended.</summary>
/// <param name="Failure">What went wrong, null when nothing did.</param>
/// <param name="TraceHash">Equal for equal runs.</param>
/// <param name="Elapsed">Simulated time.</param>
/// <param name="Messages">Messages delivered.</param>
/// <param name="Packets">Datagrams handed to the network.</param>
/// <param name="Trace">The lines, when they were kept.</param>
internal sealed record SimResult(
    string? Failure, ulong TraceHash, TimeSpan Elapsed, long Messages, long Packets, IReadOnlyList<string> Trace);
