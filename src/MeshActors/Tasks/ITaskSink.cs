using System;

namespace MeshActors.Tasks;

/// <summary>The code that waits for a task: gets parts, then exactly one end. Called on the dispatch's thread.</summary>
internal interface ITaskSink
{
    /// <summary>A part of the result.</summary>
    /// <param name="payload">JSON.</param>
    /// <param name="release">To be called once the caller's code has taken it: the worker may then send more.</param>
    void Part(ReadOnlyMemory<byte> payload, Action release);

    /// <summary>The task is done.</summary>
    /// <param name="payload">JSON; null when the result came in parts.</param>
    void Completed(ReadOnlyMemory<byte>? payload);

    /// <summary>The task failed.</summary>
    void Failed(MeshException failure);
}
