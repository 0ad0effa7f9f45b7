using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Io;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Time;
using MeshActors.Transport.Tunnels;

namespace MeshActors.Transport.Nodes;

/// <summary>The encrypted channel to one peer: requests with replies both ways, and datagrams. All members may be used from any thread.</summary>
/// <remarks>
/// It outlives sessions: a peer that falls silent is tried again for <see cref="TunnelNodeOptions.ReconnectTimeout"/>, and requests wait.
/// Many requests share it at once; each has its own stream, so one that is slow, large or not read delays no other.
/// Nothing is buffered without a bound: who sends faster than the peer takes, waits. Code that awaits goes on on the thread pool.
/// </remarks>
public sealed class PeerTunnel
{
    /// <summary>Longest request, and longest part of a reply, in bytes: 16 MiB.</summary>
    public const int MaxMessageBytes = MeshStream.MaxMessageBytes;

    /// <summary>Longest datagram in bytes, whatever the path.</summary>
    public const int MaxDatagramBytes = MeshTunnel.MaxDatagramBytes;

    private readonly MeshTunnel _tunnel;
    private readonly Clock _clock;
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<TunnelEnd> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<ReadOnlyMemory<byte>> _datagrams;
    private long _unread;

    internal PeerTunnel(MeshTunnel tunnel, TunnelReopening reopening, Clock clock)
    {
        _tunnel = tunnel;
        _clock = clock;
        Reopening = reopening;
        _datagrams = Channel.CreateBounded<ReadOnlyMemory<byte>>(
            new BoundedChannelOptions(DatagramQueue.Most) { FullMode = BoundedChannelFullMode.DropOldest, SingleWriter = true },
            _ => Interlocked.Increment(ref _unread));
    }

    /// <summary>The peer's mesh address, proven in the handshake.</summary>
    public MeshAddress Address => _tunnel.Peer.Address;

    /// <summary>The peer's root key: its identity, proven in the handshake.</summary>
    public RootKey Root => _tunnel.Peer.Root;

    /// <summary>True while a session answers; false before the first, while the peer is silent, and after the end.</summary>
    public bool IsOpen => _tunnel.State == TunnelState.Open;

    /// <summary>Completes when the tunnel has ended, with how; it never fails.</summary>
    public Task<TunnelEnd> Ended => _ended.Task;

    /// <summary>Figures of this moment; cheap to read.</summary>
    public TunnelFigures Figures => TunnelFigures.Of(_tunnel.Statistics, Interlocked.Read(ref _unread));

    internal TunnelReopening Reopening { get; }

    /// <summary>Where packets go now, also to what names a relay; null before the first session.</summary>
    internal UdpEndpoint? Endpoint => _tunnel.Statistics.Endpoint;

    /// <summary>Completes with the first session, or fails.</summary>
    internal Task Opened => _opened.Task;

    /// <summary>Sends a request and waits for its reply.</summary>
    /// <param name="request">1 byte to <see cref="MaxMessageBytes"/>; must not change before the reply is there.</param>
    /// <param name="options">Null for <see cref="RequestOptions.Default"/>.</param>
    /// <param name="cancellation">Gives the request up at both ends.</param>
    /// <returns>
    /// What the peer's handler has to say, empty when it said nothing; the caller may keep it. A handler with more than one part is given up after the first.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">The request is empty or too long.</exception>
    /// <exception cref="PeerTunnelException">There is no reply; its <see cref="PeerTunnelException.Error"/> says why.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async Task<ReadOnlyMemory<byte>> SendAsync(
        ReadOnlyMemory<byte> request, RequestOptions? options = null, CancellationToken cancellation = default)
    {
        ReadOnlyMemory<byte>? reply = null;
        await foreach (var part in StreamAsync(request, options, cancellation).ConfigureAwait(false))
        {
            if (reply is not null)
            {
                break;
            }

            reply = part;
        }

        return reply ?? default;
    }

    /// <summary>Sends a request and hands out the parts of its reply as they come.</summary>
    /// <remarks>
    /// The request goes out when the reading begins. A reader that is slow holds its peer's handler up, and nothing else; one that stops reading,
    /// by leaving the loop or by cancelling, has the request given up at the peer.
    /// </remarks>
    /// <param name="request">1 byte to <see cref="MaxMessageBytes"/>; must not change before the reading has ended.</param>
    /// <param name="options">Null for <see cref="RequestOptions.Default"/>.</param>
    /// <param name="cancellation">Gives the request up at both ends.</param>
    /// <exception cref="ArgumentOutOfRangeException">The request is empty or too long.</exception>
    /// <exception cref="PeerTunnelException">While reading: the rest is missing, and why.</exception>
    /// <exception cref="OperationCanceledException">While reading: the caller cancelled.</exception>
    public IAsyncEnumerable<ReadOnlyMemory<byte>> StreamAsync(
        ReadOnlyMemory<byte> request, RequestOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfZero(request.Length, nameof(request));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(request.Length, MaxMessageBytes, nameof(request));
        return new OutgoingRequest(_tunnel, request, options ?? RequestOptions.Default, _clock.Provider)
            .RunAsync(cancellation);
    }

    /// <summary>Sends a datagram: once, without a copy, within its lifetime or not at all. It may be lost and may overtake others.</summary>
    /// <param name="datagram">1 to <see cref="MaxDatagramBytes"/> bytes, which must not change again.</param>
    /// <param name="lifetime">How long it means anything, more than zero; one that waits longer for the path is dropped and counted.</param>
    /// <returns>False when the tunnel has ended, or too many wait: it was not taken.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Length or lifetime is out of range.</exception>
    public bool TrySendDatagram(ReadOnlyMemory<byte> datagram, TimeSpan lifetime) =>
        _tunnel.TrySendDatagram(datagram, lifetime);

    /// <summary>Hands out the peer's datagrams as they come, until the tunnel ends. 256 wait for a reader; beyond, the oldest is dropped.</summary>
    /// <param name="cancellation">Stops reading.</param>
    /// <exception cref="OperationCanceledException">While reading: the caller cancelled.</exception>
    public IAsyncEnumerable<ReadOnlyMemory<byte>> ReadDatagramsAsync(CancellationToken cancellation = default) =>
        _datagrams.Reader.ReadAllAsync(cancellation);

    /// <summary>Closes the tunnel, tells the peer why, and waits for the end here; requests under way fail at both ends.</summary>
    /// <param name="reason">For people, cut at 256 bytes of UTF-8.</param>
    /// <param name="code">For programs, 0 to 255.</param>
    public Task<TunnelEnd> CloseAsync(string reason = "", byte code = 0)
    {
        ArgumentNullException.ThrowIfNull(reason);
        _tunnel.Close(code, reason);
        return Ended;
    }

    /// <inheritdoc/>
    public override string ToString() => _tunnel.ToString();

    internal void HandleOpened()
    {
        Reopening.HandleOpened();
        _opened.TrySetResult();
    }

    internal void HandleFailed(TunnelFailure failure)
    {
        var error = failure switch
        {
            TunnelFailure.CertificateRefused => PeerTunnelError.CertificateRefused,
            TunnelFailure.NoDirectPath => PeerTunnelError.NoDirectPath,
            _ => PeerTunnelError.Unreachable,
        };
        var tried = _tunnel.Tried.Length == 0 ? string.Empty : $"; tried: {_tunnel.Tried}";
        Fail(new PeerTunnelException(error, $"The tunnel to {Address} could not be opened: {failure}{tried}."));
        Reopening.HandleFailed();
    }

    internal void HandleClosed(TunnelCloseReason reason)
    {
        Reopening.Dispose();
        var error = reason switch
        {
            { Cause: TunnelCloseCause.ClosedHere, Code: TunnelCloseCode.TooManyTunnels } => PeerTunnelError.TooManyTunnels,
            { Code: TunnelCloseCode.NoDirectPath } => PeerTunnelError.NoDirectPath,
            _ => PeerTunnelError.TunnelClosed,
        };
        Fail(new PeerTunnelException(error, $"The tunnel to {Address} was closed: {reason.Text}."));
        _datagrams.Writer.TryComplete();
        _ended.TrySetResult(new TunnelEnd(reason.Cause == TunnelCloseCause.ClosedByPeer, reason.Code, reason.Text));
    }

    internal void HandleDatagram(ReadOnlyMemory<byte> datagram)
    {
        if (datagram.Length > MaxDatagramBytes || !_datagrams.Writer.TryWrite(datagram))
        {
            Interlocked.Increment(ref _unread);
        }
    }

    /// <summary>Fails the opening; who did not wait for it learns of it by <see cref="Ended"/>.</summary>
    private void Fail(PeerTunnelException failure)
    {
        if (_opened.TrySetException(failure))
        {
            _ = _opened.Task.Exception;
        }
    }
}
