using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Channels;

namespace MeshActors.Tasks;

/// <summary>The code that takes a result part by part.</summary>
/// <remarks>What waits here is bounded by the stream's receive window: credit goes back when a part is taken.</remarks>
internal sealed class PartsSink : ITaskSink
{
    private readonly Channel<(ReadOnlyMemory<byte> Payload, Action? Release)> _parts =
        Channel.CreateUnbounded<(ReadOnlyMemory<byte>, Action?)>(new UnboundedChannelOptions { SingleReader = true });

    /// <summary>True once the task has ended.</summary>
    public bool Ended { get; private set; }

    /// <summary>Why it failed; null when it did not.</summary>
    public MeshException? Failure { get; private set; }

    public void Part(ReadOnlyMemory<byte> payload, Action release) => _parts.Writer.TryWrite((payload, release));

    /// <summary>A worker that gives one result in place of parts gives one part.</summary>
    public void Completed(ReadOnlyMemory<byte>? payload)
    {
        if (payload is { } whole)
        {
            _parts.Writer.TryWrite((whole, null));
        }

        Ended = true;
        _parts.Writer.TryComplete();
    }

    public void Failed(MeshException failure)
    {
        Failure = failure;
        Ended = true;
        _parts.Writer.TryComplete(failure);
    }

    /// <summary>The parts in order; ends with the task, throws what the task failed with.</summary>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (await _parts.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            while (_parts.Reader.TryRead(out var part))
            {
                part.Release?.Invoke();
                yield return part.Payload;
            }
        }
    }
}
