using System;
using System.Collections.Generic;
using MeshActors.Capabilities;
using MeshActors.Transport.Addressing;
using MeshActors.Wire;

namespace MeshActors.Tasks;

/// <summary>The stream of one attempt with what it has yet to send and what it has read.</summary>
internal sealed class AttemptStream
{
    private readonly ITaskStream _stream;
    private readonly Queue<ReadOnlyMemory<byte>> _unsent = new(2);

    public AttemptStream(ITaskStream stream, TaskCandidate candidate)
    {
        _stream = stream;
        Candidate = candidate;
    }

    public TaskCandidate Candidate { get; }

    public MeshAddress Peer => _stream.Peer;

    public TaskReplyReader Reader { get; } = new();

    /// <summary>Sends the request; what is refused goes when the stream is writable.</summary>
    public void Send(ReadOnlyMemory<byte> header, ReadOnlyMemory<byte> payload)
    {
        _unsent.Enqueue(header);
        _unsent.Enqueue(payload);
        Pump();
    }

    public void Pump()
    {
        while (_unsent.TryPeek(out var message) && _stream.TrySend(message))
        {
            _unsent.Dequeue();
        }
    }

    /// <summary>What a result breaks of its schema; null for nothing. Typed ones are held against it where they are read.</summary>
    public TaskFailure? Violation(TaskOrder order, SchemaValidator schemas, ReadOnlyMemory<byte>? result)
    {
        var descriptor = Candidate.Capability;
        return order.Raw && result is { } json && schemas.Validate(descriptor.ResultSchema, json) is { } violation
            ? new TaskFailure(
                TaskFailureCode.SchemaViolation,
                $"the result of {Peer} does not fit {descriptor}: {violation}",
                violation.Path)
            : null;
    }

    public void Release(int messageBytes) => _stream.Release(messageBytes);

    public void Finish() => _stream.Finish();

    public void Reset(ulong code) => _stream.Reset(code);
}
