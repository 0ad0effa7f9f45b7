using System;
using System.Collections.Generic;
using System.Threading;

namespace MeshActors.Transport.Remoting;

/// <summary>The way of an association's payloads into its streams: what is taken is sent, in order; above the high-water mark little is.</summary>
/// <remarks>
/// A refused write costs Akka 2 to 50 ms, and nobody tells it when there is room again; its heartbeats and DISASSOCIATE ignore a refusal. So payloads wait here
/// beyond what the streams take. One that would go above the mark is refused, and so are all but small ones until half of the mark is free, so that Akka finds
/// room for long when it asks again. Small ones are taken above it too, up to a hard bound. A large one that goes by the companion is taken together with its reference or not at all: the n-th belongs to the n-th. Thread-safe.
/// </remarks>
internal sealed class OutboundPayloads
{
    /// <summary>A payload up to this many bytes is small.</summary>
    public const int SmallBytes = 1_024;

    /// <summary>Bytes of small payloads that may wait above the high-water mark.</summary>
    public const int SmallBytesAbove = 64 * 1024;

    /// <summary>Payloads that may wait for the companion; a further one is refused.</summary>
    public const int MostLarge = 1_024;

    private readonly Lock _turn = new();
    private readonly Lane _main;
    private readonly int _highWaterMark;
    private Lane? _large;
    private int _waitingBytes;
    private bool _refuses;
    private bool _closed;

    /// <param name="trySend">Hands a message to the stream; false when it is above its high-water mark.</param>
    /// <param name="finish">Ends the stream's sending side.</param>
    /// <param name="highWaterMark">Bytes that may wait; a lone longer payload is taken too.</param>
    public OutboundPayloads(Func<ReadOnlyMemory<byte>, bool> trySend, Action finish, int highWaterMark)
    {
        _highWaterMark = highWaterMark;
        _main = new Lane(trySend, finish);
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

            if (_main.TrySend(payload))
            {
                return true;
            }

            if (payload.Length > SmallBytes ? !HasRoomFor(payload.Length) : _waitingBytes + payload.Length > _highWaterMark + SmallBytesAbove)
            {
                return false;
            }

            Wait(_main, payload);
            return true;
        }
    }

    /// <summary>Takes a payload for the companion, without a copy, and its reference for the association's own stream.</summary>
    /// <param name="payload">What goes beside.</param>
    /// <param name="reference">What stands for it.</param>
    /// <param name="trySend">Hands a message to the companion; the same each time.</param>
    /// <param name="finish">Ends the companion's sending side.</param>
    /// <returns>False when neither was taken.</returns>
    public bool TryWriteLarge(ReadOnlyMemory<byte> payload, ReadOnlyMemory<byte> reference, Func<ReadOnlyMemory<byte>, bool> trySend, Action finish)
    {
        lock (_turn)
        {
            if (_closed)
            {
                return false;
            }

            _large ??= new Lane(trySend, finish);
            if (!_large.TrySend(payload))
            {
                if (_large.Waiting.Count == MostLarge || !HasRoomFor(payload.Length))
                {
                    return false;
                }

                Wait(_large, payload);
            }

            if (!_main.TrySend(reference))
            {
                Wait(_main, reference);
            }

            return true;
        }
    }

    /// <summary>A stream has room again.</summary>
    /// <param name="isLarge">Whether it is the companion.</param>
    public void Resume(bool isLarge = false)
    {
        lock (_turn)
        {
            if ((isLarge ? _large : _main) is not { } lane)
            {
                return;
            }

            var waited = lane.Waiting.Count > 0;
            _waitingBytes -= lane.SendWaiting();
            _refuses &= _waitingBytes > _highWaterMark / 2;
            if (waited && lane.Waiting.Count == 0 && _closed)
            {
                lane.Finish();
            }
        }
    }

    /// <summary>Takes no further payload; the streams are finished behind what was taken.</summary>
    public void Close()
    {
        lock (_turn)
        {
            if (_closed)
            {
                return;
            }

            _closed = true;
            if (_main.Waiting.Count == 0)
            {
                _main.Finish();
            }

            if (_large is { Waiting.Count: 0 } large)
            {
                large.Finish();
            }
        }
    }

    private void Wait(Lane lane, ReadOnlyMemory<byte> message)
    {
        lane.Waiting.Enqueue(message);
        _waitingBytes += message.Length;
    }

    private bool HasRoomFor(int bytes)
    {
        _refuses |= _waitingBytes > 0 && _waitingBytes + bytes > _highWaterMark;
        return !_refuses;
    }

    /// <summary>One stream, and what waits for it.</summary>
    private sealed class Lane
    {
        private readonly Func<ReadOnlyMemory<byte>, bool> _trySend;
        private readonly Action _finish;

        public Lane(Func<ReadOnlyMemory<byte>, bool> trySend, Action finish)
        {
            _trySend = trySend;
            _finish = finish;
        }

        public Queue<ReadOnlyMemory<byte>> Waiting { get; } = new();

        /// <returns>False when something waits already, or the stream has no room.</returns>
        public bool TrySend(ReadOnlyMemory<byte> message) => Waiting.Count == 0 && _trySend(message);

        /// <returns>Bytes that were sent.</returns>
        public int SendWaiting()
        {
            var sent = 0;
            while (Waiting.TryPeek(out var message) && _trySend(message))
            {
                Waiting.Dequeue();
                sent += message.Length;
            }

            return sent;
        }

        public void Finish() => _finish();
    }
}
