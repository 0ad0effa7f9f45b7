using System;
using System.Threading.Tasks;

namespace MeshActors.Tasks;

/// <summary>The code that waits for one result.</summary>
internal sealed class ResultSink : ITaskSink
{
    private readonly TaskCompletionSource<ReadOnlyMemory<byte>?> _result =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The result's JSON; null when the worker sent parts instead.</summary>
    public Task<ReadOnlyMemory<byte>?> Result => _result.Task;

    public void Part(ReadOnlyMemory<byte> payload, Action release) => release();

    public void Completed(ReadOnlyMemory<byte>? payload) => _result.TrySetResult(payload);

    public void Failed(MeshException failure) => _result.TrySetException(failure);
}
