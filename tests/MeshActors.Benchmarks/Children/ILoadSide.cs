using System;

namespace MeshActors.Benchmarks.Children;

/// <summary>One side of a load, as a child process runs it; called by one thread.</summary>
internal interface ILoadSide : IDisposable
{
    /// <summary>What it has counted since it began to exist.</summary>
    LoadCounters Counters { get; }

    /// <summary>Binds or connects; the answer says where it listens and who it is.</summary>
    ChildAnswer Open(ChildCommand command);

    /// <summary>Begins a load in the background.</summary>
    void Begin(ChildCommand command);

    /// <summary>Ends it; nothing goes on in the background after.</summary>
    void End();

    /// <summary>Sends messages one at a time, each when the one before has come back.</summary>
    Latencies RoundTrips(ChildCommand command);
}
