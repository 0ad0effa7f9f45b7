using System;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Diagnostics;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Time;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Tunnels;

/// <summary>The encrypted channel to one peer: composes attempts, sessions and streams, and outlives all of them.</summary>
/// <remarks>
/// Life: opening (first handshake) → open → failed (no session answers; streams wait) → open again or closed. A failed
/// tunnel still probes under its session and takes any sign of life; a new handshake starts only when its owner says so.
/// What it does not do: find the tunnel a datagram belongs to, choose connection ids, decide whom to trust
/// (<see cref="TunnelTable"/>), or decide to reopen (its owner).
/// </remarks>
internal sealed class Tunnel : IDisposable
{
    private readonly ITunnelTrace _trace;
    private readonly TunnelStreams _streams;
    private readonly TunnelWatch _watch;

    /// <summary>Begins a tunnel; <c>lowerRoot</c> says whether our root key sorts before the peer's, <c>incarnation</c> is null for a fresh one.</summary>
    public Tunnel(
        TunnelSettings settings, PeerRecord peer, bool lowerRoot, ulong? incarnation, IRandomSource random, ITunnelTrace trace,
        Action<TunnelSession> confirmed, Action<TunnelSession> retire, MonoTime now)
    {
        _trace = trace;
        _streams = new TunnelStreams(settings.Streams, lowerRoot, random, now);
        Counters = new TunnelCounters(peer);
        Routes = new TunnelRoutes(settings, Counters, random);
        _watch = new TunnelWatch(settings, Routes, now);
        EarlyReplies = new EarlyReplies(overRelays: settings.RelayFallback);
        Place = new TunnelPlace(this);
        LowerRoot = lowerRoot;
        Peer = peer;
        Succession = new SessionSuccession(settings.Rekey, random, incarnation, confirmed, retire);
    }

    /// <summary>The peer as last proven, and where it may be dialled.</summary>
    public PeerRecord Peer { get; private set; }

    public bool LowerRoot { get; }

    public TunnelState State { get; private set; } = TunnelState.Opening;

    /// <summary>The streams' state; another object after the peer has forgotten it.</summary>
    public StreamMux Streams => _streams.Mux;

    public SessionSuccession Succession { get; }

    public TunnelSessions Sessions => Succession.Sessions;

    public IncarnationPair Incarnations => Succession.Incarnations;

    /// <summary>The attempt under way.</summary>
    public Dial? Dial => Attempts.Current;

    /// <summary>Attempts, one under way at most.</summary>
    public DialSlot Attempts => Succession.Attempts;

    /// <summary>The ways to the peer.</summary>
    public TunnelRoutes Routes { get; }

    /// <summary>Where packets go; null before the first session.</summary>
    public TunnelPath? Path => Routes.Paths?.Active;

    public TunnelCounters Counters { get; }

    /// <summary>True when the table may forget it: nothing is under way and nobody is left to be told.</summary>
    public bool IsOver { get; private set; }

    public TunnelPlace Place { get; }

    /// <summary>What may be sent before a session is confirmed.</summary>
    public EarlyReplies EarlyReplies { get; }

    /// <summary>When <see cref="HandleTimeout"/> must next be called, or null when nothing is due.</summary>
    public MonoTime? NextTimeout
    {
        get
        {
            if (State == TunnelState.Closed)
            {
                return _watch.GoodbyeUntil;
            }

            var next = Succession.NextTimeout(State == TunnelState.Open);
            next = MonoTime.Earliest(next, MaySend ? Streams.NextTimeout : null);
            next = MonoTime.Earliest(next, Sessions.Current is null ? null : Routes.NextTimeout);
            return MonoTime.Earliest(
                next, _watch.NextTimeout(State, Streams.OldestUnansweredSend, Streams.RoundTrip.ProbeTimeout));
        }
    }

    private bool MaySend => Sessions.Current is not null || (Sessions.Pending is not null && EarlyReplies.MaySend);

    private TimeSpan Linger =>
        TunnelWatch.SilentProbeTimeouts * (Routes.Paths?.LongestProbeTimeout ?? Streams.RoundTrip.ProbeTimeout);

    /// <summary>Takes what is known anew about the peer: a newer certificate, further endpoints.</summary>
    public void Learn(PeerRecord record) => Counters.Traffic.Learn(Peer = Peer.With(record));

    /// <summary>Our attempt was answered: its session counts at once, and a first packet tells the peer so.</summary>
    public void HandleAnswer(TunnelSession session, UdpEndpoint endpoint, MonoTime now)
    {
        if (Succession.HandleAnswer(session))
        {
            Establish(session, endpoint, now);
            Streams.Ping();
            return;
        }

        _streams.HandleSession(continues: false, failed: true, now);
        Fail(TunnelFailure.StateLost, now);
    }

    /// <summary>Our attempt was answered by a peer that is not acceptable, or could not begin.</summary>
    public void HandleRefusal(TunnelFailure failure, MonoTime now)
    {
        Attempts.End();
        HandleAttemptFailed(failure, now);
    }

    /// <summary>Takes a packet of one of the tunnel's sessions.</summary>
    public void HandlePacket(TunnelSession session, Span<byte> packet, UdpEndpoint from, EcnMark ecn, MonoTime now)
    {
        if (session.Protection.TryOpen(packet, out var number, out var frames) is { } drop)
        {
            _trace.Dropped(drop);
            return;
        }

        Counters.Received(packet.Length, from);
        if (session == Sessions.Pending && State != TunnelState.Closed)
        {
            var confirmation = Succession.Confirm(from, State == TunnelState.Failed, Linger, now, out var endpoint);
            if (confirmation == Confirmation.Dropped)
            {
                return;
            }

            if (confirmation == Confirmation.Counts)
            {
                Establish(session, endpoint, now);
            }
        }

        var current = session == Sessions.Current;
        if (current && session.Protection.Opened == 1)
        {
            Sessions.HandleCurrentHeard(Linger, now);
        }

        var outcome = Streams.HandlePacket(number, current, ecn, packet[frames], now);
        if (outcome.IsViolation())
        {
            _trace.Dropped(DropReason.ProtocolViolation);
            Close(TunnelCloseCause.ProtocolViolation, (ulong)outcome, outcome.ToString(), now);
        }
        else if (Streams.IsClosed)
        {
            // A CLOSE frame has closed the streams: their last event says why.
            var (code, text) = _streams.Drain();
            Close(TunnelCloseCause.ClosedByPeer, code, text, now);
        }
        else if (current)
        {
            Routes.HandlePacket(from, packet.Length, session.Context.IsFleet, now);
            HandleSignOfLife(from, now);
        }
    }

    /// <inheritdoc cref="TunnelTable.PollTransmit"/>
    public int PollTransmit(Span<byte> destination, out Transmit transmit, MonoTime now)
    {
        if (Dial is { } dial && dial.PollTransmit(destination, out var to, now) is > 0 and var copy)
        {
            transmit = new Transmit(to, Alone: false, Ecn: false);
            Counters.Sent(copy, isPacket: false, to);
            return copy;
        }

        if (Sessions.Current is not { } session)
        {
            return EarlyReplies.Seal(Sessions.Pending, Streams, Counters, destination, out transmit, now);
        }

        if (!session.Protection.CanSeal)
        {
            Fail(TunnelFailure.SessionExhausted, now);
            transmit = default;
            return 0;
        }

        return Routes.PollTransmit(session, Streams, destination, out transmit, now);
    }

    public void HandleTimeout(MonoTime now, DateTimeOffset utcNow)
    {
        if (State == TunnelState.Closed)
        {
            IsOver |= now >= _watch.GoodbyeUntil;
            return;
        }

        Routes.HandleTimeout(now);
        Streams.HandleTimeout(now);
        if (Succession.HandleTimeout(now) is { } failure)
        {
            HandleAttemptFailed(failure, now);
        }

        switch (_watch.Check(State, Streams.OldestUnansweredSend, Streams.RoundTrip.ProbeTimeout, now))
        {
            case WatchOutcome.AskForLife:
                Streams.Trim();
                Streams.Ping();
                break;
            case WatchOutcome.Suspect:
                Succession.HastenRekey(now);
                break;
            case WatchOutcome.Silent:
                Fail(TunnelFailure.Silence, now);
                break;
            case WatchOutcome.Abandon when Dial is null:
                Close(TunnelCloseCause.Abandoned, TunnelCloseCode.Unreachable, $"could not be opened again in time; tried: {Routes.Tried}", now);
                break;
        }

        if (State == TunnelState.Open && Routes.Hold.IsOverdue(now))
        {
            Close(TunnelCloseCause.NoDirectPath, TunnelCloseCode.NoDirectPath, Routes.GiveUp(now), now);
        }

        if (State == TunnelState.Open && Sessions.Current is { } session && utcNow >= session.ValidUntil)
        {
            Fail(TunnelFailure.SessionExhausted, now);
        }

        IsOver |= State == TunnelState.Opening && Dial is null && Sessions.IsEmpty;
    }

    /// <summary>Tells the owner that no session answers; streams wait.</summary>
    public void Fail(TunnelFailure failure, MonoTime now)
    {
        if (State == TunnelState.Closed)
        {
            return;
        }

        if (State == TunnelState.Open)
        {
            Attempts.End();
        }

        if (failure is not (TunnelFailure.Silence or TunnelFailure.HandshakeTimeout or TunnelFailure.UnsupportedVersion or TunnelFailure.NoDirectPath))
        {
            Sessions.DropCurrent();
        }

        _watch.HandleFailed(now);
        Routes.HandleFailed(now);
        State = TunnelState.Failed;
        _streams.Tell(new TunnelEvent(TunnelEventKind.Failed, failure));
    }

    /// <summary>Ends the tunnel; the peer is told, again and again while it still sends.</summary>
    public void Close(TunnelCloseCause cause, ulong code, string text, MonoTime now)
    {
        if (State == TunnelState.Closed)
        {
            return;
        }

        Attempts.End();
        if (cause == TunnelCloseCause.Broken)
        {
            Sessions.Dispose();
        }
        else
        {
            _streams.Close(code, text);
        }

        State = TunnelState.Closed;
        var mayTell = Sessions.Current is not null && cause != TunnelCloseCause.ClosedByPeer;
        _watch.HandleClosed(mayTell ? Linger : TimeSpan.Zero, now);
        _streams.Tell(new TunnelEvent(TunnelEventKind.Closed, CloseReason: new TunnelCloseReason(cause, code, text)));
    }

    public bool PollEvent(out TunnelEvent happened) =>
        _streams.PollEvent(State != TunnelState.Closed, Routes.Hold.Holds, out happened);

    public void Dispose() => Succession.Dispose();

    /// <summary>An attempt came to nothing: a tunnel that is open goes on with the session it has, and tries again later.</summary>
    private void HandleAttemptFailed(TunnelFailure failure, MonoTime now)
    {
        if (State == TunnelState.Open)
        {
            Succession.HandleRekeyFailed(now);
        }
        else
        {
            Fail(failure, now);
        }
    }

    private void HandleSignOfLife(UdpEndpoint from, MonoTime now)
    {
        if (from == Path?.Endpoint)
        {
            _watch.HandleSignOfLife(now);
        }

        if (State == TunnelState.Failed)
        {
            Attempts.End();
            Opened();
        }
    }

    private void Establish(TunnelSession session, UdpEndpoint endpoint, MonoTime now)
    {
        var continues = Succession.Establish(session, Linger, now);
        _streams.HandleSession(continues, failed: State == TunnelState.Failed, now);
        Streams.SettleEarly(session.EarlyDataTaken, isLast: true);
        Routes.HandleSession(session, endpoint, Streams, failed: State == TunnelState.Failed, now);
        Learn(new PeerRecord(session.Peer, RelayedEndpoint.IsReserved(endpoint) ? [] : [endpoint]));
        Counters.SessionOpened();
        _watch.HandleSignOfLife(now);
        if (State != TunnelState.Open)
        {
            Opened();
        }
    }

    private void Opened()
    {
        State = TunnelState.Open;
        _streams.TellOpened();
    }
}
