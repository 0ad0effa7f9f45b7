using System;
using System.Collections.Generic;
using System.Threading;

namespace MeshActors.Transport.Remoting;

/// <summary>The way of an association's heartbeats into the control lane: never refused, and when there is no room the oldest is dropped.</summary>
/// <remarks>A refusal would make Akka's writer hold back everything, and of heartbeats that wait the latest says all. Thread-safe.</remarks>
internal sealed class ControlPayloads
{
    /// <summary>Payloads that wait beyond what the stream takes; at the bound the oldest is dropped.</summary>
    public const int Most = 32;

    private readonly Lock _turn = new();
    private readonly Queue<ReadOnlyMemory<byte>> _waiting = new();
    private readonly Func<ReadOnlyMemory<byte>, bool> _trySend;

    /// <param name="trySend">Hands a message to the stream; false when it has no room.</param>
    public ControlPayloads(Func<ReadOnlyMemory<byte>, bool> trySend)
    {
        _trySend = trySend;
    }

    /// <summary>Takes a payload, without a copy.</summary>
    public void Write(ReadOnlyMemory<byte> payload)
    {
        lock (_turn)
        {
            if (_waiting.Count == 0 && _trySend(payload))
            {
                return;
            }

            if (_waiting.Count == Most)
            {
                _waiting.Dequeue();
            }

            _waiting.Enqueue(payload);
        }
    }

    /// <summary>The stream has room again.</summary>
    public void Resume()
    {
        lock (_turn)
        {
            while (_waiting.TryPeek(out var payload) && _trySend(payload))
            {
                _waiting.Dequeue();
            }
        }
    }
}
