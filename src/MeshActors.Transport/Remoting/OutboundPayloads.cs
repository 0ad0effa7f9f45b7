using System;
using System.Collections.Generic;
using System.Threading;

namespace MeshActors.Transport.Remoting;

/// <summary>The way of an association's payloads into its stream: what is taken is sent, in order; above the high-water mark little is.</summary>
/// <remarks>
/// A refused write costs Akka 2 to 11 ms, and its heartbeats and DISASSOCIATE ignore a refusal. So small payloads are
/// taken above the stream's high-water mark too and wait here, up to a hard bound; then all are refused until the stream
/// has room. Thread-safe.
/// </remarks>
internal sealed class OutboundPayloads
{
    /// <summary>A payload up to this many bytes is small.</summary>
    public const int SmallBytes = 1_024;

    /// <summary>Bytes of small payloads that may wait, at most.</summary>
    public const int MaxWaitingBytes = 64 * 1024;

    private readonly Lock _turn = new();
    private readonly Queue<ReadOnlyMemory<byte>> _waiting = new();
    private readonly Func<ReadOnlyMemory<byte>, bool> _trySend;
    private readonly Action _finish;
    private int _waitingBytes;
    private bool _closed;

    /// <param name="trySend">Hands a message to the stream; false when it is above its high-water mark.</param>
    /// <param name="finish">Ends the stream's sending side.</param>
    public OutboundPayloads(Func<ReadOnlyMemory<byte>, bool> trySend, Action finish)
    {
        _trySend = trySend;
        _finish = finish;
    }

    /// <summary>Takes a payload, without a copy.</summary>
    /// <returns>False when it was not taken.</returns>
    public bool TryWrite(ReadOnlyMemory<byte> payload)
    {
        lock (_turn)
        {
            if (_closed)
            {
                return false;
            }

            if (_waiting.Count == 0 && _trySend(payload))
            {
                return true;
            }

            if (payload.Length > SmallBytes || _waitingBytes + payload.Length > MaxWaitingBytes)
            {
                return false;
            }

            _waiting.Enqueue(payload);
            _waitingBytes += payload.Length;
            return true;
        }
    }

    /// <summary>The stream has room again.</summary>
    public void Resume()
    {
        lock (_turn)
        {
            var waited = _waiting.Count > 0;
            while (_waiting.TryPeek(out var payload) && _trySend(payload))
            {
                _waiting.Dequeue();
                _waitingBytes -= payload.Length;
            }

            if (waited && _waiting.Count == 0 && _closed)
            {
                _finish();
            }
        }
    }

    /// <summary>Takes no further payload; the stream is finished behind what was taken.</summary>
    public void Close()
    {
        lock (_turn)
        {
            if (_closed)
            {
                return;
            }

            _closed = true;
            if (_waiting.Count == 0)
            {
                _finish();
            }
        }
    }
}
