using System;
using System.Collections.Immutable;
using System.Threading;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Io;

/// <summary>A stream whose messages go ahead of the first session of the tunnel that is opened for them (docs/protocol.md, section 3.7).</summary>
/// <remarks>
/// It is begun with the tunnel, so that message 1 carries it, and once at most; where the tunnel is there already it is not, and its owner opens a stream as always.
/// Only for what may happen twice and may be read by who gets the peer's key later. Its methods may be called from any thread.
/// </remarks>
internal sealed class EarlyRequest
{
    /// <summary>Type, number and length of the one frame that carries a stream's first bytes.</summary>
    private const int FrameHeadBytes = 5;

    private readonly Lock _gate = new();
    private readonly IStreamHandler _handler;
    private readonly ImmutableArray<ReadOnlyMemory<byte>> _messages;
    private readonly Action<MeshStream> _begun;
    private bool _isOver;

    /// <param name="handler">Who handles what comes back.</param>
    /// <param name="messages">What is sent, which must not change again; as <see cref="Fits"/> says.</param>
    /// <param name="begun">Told the stream before anything is sent; must be quick.</param>
    public EarlyRequest(IStreamHandler handler, ImmutableArray<ReadOnlyMemory<byte>> messages, Action<MeshStream> begun)
    {
        _handler = handler;
        _messages = messages;
        _begun = begun;
    }

    /// <summary>The stream that was begun; null when none was.</summary>
    public MeshStream? Stream { get; private set; }

    /// <summary>Whether messages fit into message 1 whole. What does not gains nothing by going ahead: its rest comes a round trip later.</summary>
    public static bool Fits(params ReadOnlySpan<int> messageBytes)
    {
        long size = FrameHeadBytes;
        foreach (var bytes in messageBytes)
        {
            size += VarInt.Size((ulong)bytes) + bytes;
        }

        return size <= EarlyFrames.MaxSize;
    }

    /// <summary>Opens the stream in a tunnel that the driver loop is about to open.</summary>
    public void Begin(MeshTunnel tunnel)
    {
        lock (_gate)
        {
            if (_isOver)
            {
                return;
            }

            _isOver = true;
            Stream = tunnel.OpenStream(StreamLane.Streams, _handler, early: true, _begun);
            foreach (var message in _messages)
            {
                Stream.TrySend(message);
            }
        }
    }

    /// <summary>Nobody waits any more: it is not begun, or the stream is reset.</summary>
    /// <param name="code">What the peer is told.</param>
    public void GiveUp(ulong code)
    {
        lock (_gate)
        {
            _isOver = true;
            Stream?.Reset(code);
        }
    }
}
