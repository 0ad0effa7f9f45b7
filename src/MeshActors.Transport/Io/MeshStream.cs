using System;
using System.Collections.Generic;
using System.Threading;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Io;

/// <summary>A reliable, ordered sequence of messages to and from one peer; its methods may be called from any thread.</summary>
/// <remarks>
/// Sent messages wait in a short queue to the driver loop, then in the stream's send buffer until acknowledged. Both
/// are bounded: when one is full <see cref="TrySend"/> refuses, and <see cref="IStreamHandler.OnWritable"/> tells when
/// there is room again.
/// </remarks>
internal sealed class MeshStream
{
    /// <summary>Largest message but in the control lane, in bytes (docs/protocol.md, section 6.2).</summary>
    public const int MaxMessageBytes = 16 * 1024 * 1024;

    /// <summary>Bytes that may wait for the driver loop, <see cref="MessageQueue.OverheadBytes"/> for each message counted in; a lone longer message is taken too.</summary>
    public const int MaxQueuedBytes = 1024 * 1024;

    private readonly EngineInbox _inbox;
    private long _queuedBytes;
    private long _releasedBytes;
    private int _refused;
    private int _recycles;
    private volatile bool _writable = true;
    private volatile bool _ended;

    public MeshStream(MeshTunnel tunnel, StreamLane lane, EngineInbox inbox)
    {
        Tunnel = tunnel;
        Lane = lane;
        _inbox = inbox;
    }

    /// <summary>The stream's number in the tunnel; null until the driver loop has opened it.</summary>
    public StreamId? Id { get; private set; }

    public StreamLane Lane { get; }

    public MeshTunnel Tunnel { get; }

    /// <summary>Whether its first bytes may go ahead of the tunnel's first session.</summary>
    public bool IsEarly { get; init; }

    /// <summary>Whether the peer's first bytes came ahead of the tunnel's first session: whoever recorded them may have had them delivered a second time.</summary>
    public bool CameEarly { get; init; }

    /// <summary>True once <see cref="IStreamHandler.OnEnded"/> was called.</summary>
    public bool HasEnded => _ended;

    /// <summary>Who handles what arrives; set once, before the first call to it.</summary>
    internal IStreamHandler? Handler { get; private set; }

    /// <summary>Where the memory of messages comes from once the handler gives it back.</summary>
    internal MessagePool Memory => _inbox.Memory;

    /// <summary>Messages on their way to the driver loop.</summary>
    internal StreamOutbox Outbox { get; } = new();

    /// <summary>Messages that wait until the stream is open or has room; touched by the driver loop alone.</summary>
    internal Queue<ReadOnlyMemory<byte>> Waiting { get; } = new();

    /// <summary>True when the stream ends after the messages that wait; touched by the driver loop alone.</summary>
    internal bool IsFinishing { get; set; }

    /// <summary>Takes a message for sending, without a copy: the caller must not change the bytes again.</summary>
    /// <param name="message">1 byte to <see cref="MaxMessageBytes"/>; to <see cref="StreamLimits.MaxControlMessageBytes"/> in the control lane.</param>
    /// <returns>False when the stream is full or has ended: nothing was taken.</returns>
    public bool TrySend(ReadOnlyMemory<byte> message)
    {
        ArgumentOutOfRangeException.ThrowIfZero(message.Length, nameof(message));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(
            message.Length, StreamLimits.MostMessageBytes(Lane), nameof(message));
        if (_ended)
        {
            return false;
        }

        var cost = CostOf(message);
        var queued = Interlocked.Add(ref _queuedBytes, cost);
        if (!_writable || (queued > MaxQueuedBytes && queued != cost))
        {
            Interlocked.Add(ref _queuedBytes, -cost);
            if (Interlocked.Exchange(ref _refused, 1) == 0)
            {
                _inbox.Add(new EngineCommand(EngineCommandKind.Nudge, this));
            }

            return false;
        }

        if (Outbox.Add(message))
        {
            _inbox.Add(new EngineCommand(EngineCommandKind.Send, this));
        }

        return true;
    }

    /// <summary>Gives back the receive credit of a message that was handled; its memory is the handler's.</summary>
    /// <param name="messageBytes">Its length in bytes.</param>
    public void Release(int messageBytes)
    {
        var bytes = VarInt.Size((ulong)messageBytes) + messageBytes;
        if (bytes > StreamLimits.InitialStreamCredit)
        {
            _inbox.Add(new EngineCommand(EngineCommandKind.Release, this, number: (ulong)messageBytes));
        }
        else if (Interlocked.Add(ref _releasedBytes, bytes) == bytes)
        {
            _inbox.Add(new EngineCommand(EngineCommandKind.Release, this));
        }
    }

    /// <summary>A message waits for something that comes by another stream of the tunnel: until <see cref="ReleaseHeld"/> it uses the credit of this stream, and not the tunnel's.</summary>
    /// <param name="messageBytes">Its length in bytes.</param>
    public void Hold(int messageBytes) => _inbox.Add(new EngineCommand(EngineCommandKind.Hold, this, number: (ulong)messageBytes));

    /// <summary>As <see cref="Release(int)"/>, of a message that was held.</summary>
    public void ReleaseHeld(int messageBytes) => _inbox.Add(new EngineCommand(EngineCommandKind.ReleaseHeld, this, number: (ulong)messageBytes));

    /// <summary>Gives back the receive credit of a message and its memory: nobody may touch it again. Then messages cost no new memory.</summary>
    /// <param name="message">As <see cref="IStreamHandler.OnMessage"/> was given it.</param>
    public void Release(ReadOnlyMemory<byte> message)
    {
        if (_recycles == 0 && Interlocked.Exchange(ref _recycles, 1) == 0)
        {
            _inbox.Add(new EngineCommand(EngineCommandKind.Recycle, this));
        }

        _inbox.Memory.TakeBack(message);
        Release(message.Length);
    }

    /// <summary>Sends no further message; what was taken is delivered.</summary>
    public void Finish() => _inbox.Add(new EngineCommand(EngineCommandKind.Finish, this));

    /// <summary>Drops what waits in both directions and tells the peer.</summary>
    /// <param name="code">A number the peer's handler is given.</param>
    public void Reset(ulong code) => _inbox.Add(new EngineCommand(EngineCommandKind.Reset, this, number: code));

    internal void Attach(IStreamHandler handler) => Handler = handler;

    internal void Opened(StreamId id) => Id = id;

    /// <summary>What a message counts while it waits for the driver loop.</summary>
    internal static int CostOf(ReadOnlyMemory<byte> message) => message.Length + MessageQueue.OverheadBytes;

    /// <summary>Takes the credit of messages up to <see cref="StreamLimits.InitialStreamCredit"/> that was given back, prefixes included.</summary>
    internal long TakeReleased() => Interlocked.Exchange(ref _releasedBytes, 0);

    /// <summary>Messages left the queue to the driver loop.</summary>
    internal void Dequeued(int bytes) => Interlocked.Add(ref _queuedBytes, -bytes);

    internal void SetWritable(bool writable) => _writable = writable;

    /// <summary>Tells the handler that there is room, when somebody was refused.</summary>
    internal void NotifyIfWritable()
    {
        if (_writable && !_ended && Interlocked.Read(ref _queuedBytes) <= MaxQueuedBytes / 2
            && Interlocked.Exchange(ref _refused, 0) != 0)
        {
            Handler?.OnWritable(this);
        }
    }

    /// <summary>Ends the stream for its handler, once.</summary>
    internal void End(StreamEnd end)
    {
        if (_ended)
        {
            return;
        }

        _ended = true;
        Waiting.Clear();
        Handler?.OnEnded(this, end);
    }
}
