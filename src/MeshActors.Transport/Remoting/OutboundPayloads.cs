using System;
using System.Collections.Generic;
using System.Threading;

namespace MeshActors.Transport.Remoting;

/// <summary>The way of an association's payloads into its stream: what is taken is sent, in order; above the high-water mark little is.</summary>
/// <remarks>
/// A refused write costs Akka 2 to 50 ms, and nobody tells it when there is room again; its heartbeats and DISASSOCIATE ignore a refusal. So payloads wait here
/// beyond what the stream takes. One that would go above the mark is refused, and so are all but small ones until half of the mark is free, so that Akka finds
/// room for long when it asks again. Small ones are taken above it too, up to a hard bound. Thread-safe.
/// </remarks>
internal sealed class OutboundPayloads
{
    /// <summary>A payload up to this many bytes is small.</summary>
    public const int SmallBytes = 1_024;

    /// <summary>Bytes of small payloads that may wait above the high-water mark.</summary>
    public const int SmallBytesAbove = 64 * 1024;

    private readonly Lock _turn = new();
    private readonly Queue<ReadOnlyMemory<byte>> _waiting = new();
    private readonly Func<ReadOnlyMemory<byte>, bool> _trySend;
    private readonly Action _finish;
    private readonly int _highWaterMark;
    private int _waitingBytes;
    private bool _refuses;
    private bool _closed;

    /// <param name="trySend">Hands a message to the stream; false when it is above its high-water mark.</param>
    /// <param name="finish">Ends the stream's sending side.</param>
    /// <param name="highWaterMark">Bytes that may wait; a lone longer payload is taken too.</param>
    public OutboundPayloads(Func<ReadOnlyMemory<byte>, bool> trySend, Action finish, int highWaterMark)
    {
        _highWaterMark = highWaterMark;
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

            if (payload.Length > SmallBytes ? !HasRoomFor(payload.Length) : _waitingBytes + payload.Length > _highWaterMark + SmallBytesAbove)
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

            _refuses &= _waitingBytes > _highWaterMark / 2;
            if (waited && _waiting.Count == 0 && _closed)
            {
                _finish();
            }
        }
    }

    private bool HasRoomFor(int bytes)
    {
        _refuses |= _waitingBytes > 0 && _waitingBytes + bytes > _highWaterMark;
        return !_refuses;
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
