using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Threading;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Time;
using MeshActors.Transport.Tunnels;

namespace MeshActors.Transport.Io;

/// <summary>The encrypted channel to one peer, as the process sees it; its methods may be called from any thread.</summary>
/// <remarks>It outlives sessions and paths, and ends only when its owner closes it, the peer does, or the engine stops.</remarks>
internal sealed class MeshTunnel
{
    /// <summary>Longest datagram, in bytes; the same on every path (docs/protocol.md, section 6.6).</summary>
    public const int MaxDatagramBytes = DatagramQueue.MaxDatagramBytes;

    private readonly EngineInbox _inbox;
    private readonly Clock _clock;
    private int _queuedDatagrams;
    private int _state = (int)TunnelState.Opening;
    private PeerRecord _peer;
    private TrustContext? _context;

    public MeshTunnel(PeerRecord peer, bool accepted, EngineInbox inbox, Clock clock)
    {
        _clock = clock;
        _peer = peer;
        Accepted = accepted;
        _inbox = inbox;
    }

    /// <summary>Whom it leads to: the certificate last proven, and where it may be dialled.</summary>
    public PeerRecord Peer => Volatile.Read(ref _peer);

    /// <summary>What the peer proved in the last handshake; null before the first. The actor plane is for fleets and pinned roots.</summary>
    public TrustContext? Context => Volatile.Read(ref _context);

    public TunnelState State => (TunnelState)Volatile.Read(ref _state);

    /// <summary>True when the peer dialled first.</summary>
    public bool Accepted { get; }

    /// <summary>Counters as the driver loop last left them; reading is cheap, values may be of different moments.</summary>
    public TunnelStatistics Statistics => Machine is { } machine ? TunnelStatistics.Of(machine) : TunnelStatistics.None;

    /// <summary>Versions of the protocol that the peer named because it speaks none of ours; else empty.</summary>
    public ImmutableArray<byte> PeerVersions => Machine?.Attempts.PeerVersions ?? [];

    /// <summary>True while its streams wait for a direct path, because no relay may carry them.</summary>
    public bool IsHeld => Machine?.Routes.Hold.Holds ?? false;

    /// <summary>The ways to the peer that were tried when it last failed, for people; empty before.</summary>
    public string Tried => Machine?.Routes.Tried ?? string.Empty;

    /// <summary>The machine behind it; set by the driver loop.</summary>
    internal Tunnel? Machine { get; set; }

    /// <summary>Streams that have not ended; touched by the driver loop alone.</summary>
    internal Dictionary<StreamId, MeshStream> Streams { get; } = [];

    /// <summary>Streams that wait for the peer to allow one more of their lane, by lane; touched by the driver loop alone.</summary>
    internal Queue<MeshStream>[] Unopened { get; } = [new(), new(), new()];

    /// <summary>Opens a stream at once; what is sent before there is a session waits for it.</summary>
    /// <param name="lane">Which lane carries it.</param>
    /// <param name="handler">Who handles what arrives; told at once, on the driver loop, when the tunnel is closed.</param>
    /// <param name="early">Whether what is sent at once may go ahead of the first session, in the lane of streams: half a round trip earlier. It is not
    /// forward secret, and may be delivered twice; so only for what may happen twice and may be read by who gets the peer's key later.</param>
    /// <param name="begun">Told the stream before the handler can be; null for nobody.</param>
    public MeshStream OpenStream(StreamLane lane, IStreamHandler handler, bool early = false, Action<MeshStream>? begun = null)
    {
        var stream = new MeshStream(this, lane, _inbox) { IsEarly = early };
        stream.Attach(handler);
        begun?.Invoke(stream);
        _inbox.Add(new EngineCommand(EngineCommandKind.OpenStream, stream));
        return stream;
    }

    /// <summary>Takes a datagram for sending, without a copy: it is sent once, within its lifetime, or dropped. It may be lost, and may overtake others.</summary>
    /// <param name="datagram">1 to <see cref="MaxDatagramBytes"/> bytes; the caller must not change them again.</param>
    /// <param name="lifetime">How long it means anything, more than zero; what waits longer for the path is dropped and counted.</param>
    /// <returns>False when the tunnel is closed, or more wait for the driver loop than it would keep: nothing was taken.</returns>
    public bool TrySendDatagram(ReadOnlyMemory<byte> datagram, TimeSpan lifetime)
    {
        ArgumentOutOfRangeException.ThrowIfZero(datagram.Length, nameof(datagram));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(datagram.Length, MaxDatagramBytes, nameof(datagram));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(lifetime, TimeSpan.Zero);
        if (State == TunnelState.Closed)
        {
            return false;
        }

        if (Interlocked.Increment(ref _queuedDatagrams) > DatagramQueue.Most)
        {
            Interlocked.Decrement(ref _queuedDatagrams);
            return false;
        }

        var now = _clock.Now;
        var deadline = lifetime < MonoTime.Never - now ? now + lifetime : MonoTime.Never;
        _inbox.Add(new EngineCommand(EngineCommandKind.SendDatagram, this, datagram, (ulong)deadline.Ticks));
        return true;
    }

    /// <summary>Starts a new handshake when it has failed; streams go on when the peer still knows them.</summary>
    public void Reopen() => _inbox.Add(new EngineCommand(EngineCommandKind.ReopenTunnel, this));

    /// <summary>Closes the tunnel and tells the peer.</summary>
    /// <param name="code">A code of <see cref="TunnelCloseCode"/>, or the application's, below 0x100.</param>
    /// <param name="reason">For people, at most 256 bytes of UTF-8.</param>
    public void Close(ulong code, string reason) =>
        _inbox.Add(new EngineCommand(EngineCommandKind.CloseTunnel, this, number: code, text: reason));

    public override string ToString() => $"tunnel to {Peer.Address}";

    /// <summary>A datagram left the queue to the driver loop.</summary>
    internal void DatagramDequeued() => Interlocked.Decrement(ref _queuedDatagrams);

    internal void SetState(TunnelState state) => Volatile.Write(ref _state, (int)state);

    internal void SetPeer(PeerRecord peer, TrustContext? context)
    {
        Volatile.Write(ref _peer, peer);
        Volatile.Write(ref _context, context);
    }
}
