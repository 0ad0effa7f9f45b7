using System;
using System.Collections.Generic;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Diagnostics;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Tunnels;

/// <summary>The sessions of one tunnel: the current, one that the peer has not confirmed, and those whose packets may still be on the way.</summary>
/// <remarks>
/// Rules (docs/protocol.md, section 3.3): a pending session becomes current by its first packet, never by message 1; a replaced one
/// receives on until three probe timeouts after the first packet under the current one, and only when the streams' state is the
/// same in both; of two sessions that both sides opened at once, both keep the one that the lower root key opened.
/// </remarks>
internal sealed class TunnelSessions : IDisposable
{
    /// <summary>A pending session ends this long after the last copy of its message 1 was answered.</summary>
    public static readonly TimeSpan PendingLifetime = TimeSpan.FromSeconds(5);

    /// <summary>No pending session lives longer, however many copies come.</summary>
    public static readonly TimeSpan LongestPending = TimeSpan.FromSeconds(10);

    /// <summary>Replaced sessions that receive on; then the oldest goes. Two dials at once leave two.</summary>
    private const int MaxLingering = 3;

    /// <summary>Sources of message 1 remembered for a pending session; then the oldest goes.</summary>
    private const int MaxSources = 8;

    private readonly IncarnationPair _incarnations;
    private readonly Action<TunnelSession> _confirmed;
    private readonly Action<TunnelSession> _retire;
    private readonly List<UdpEndpoint> _pendingSources = [];
    private readonly List<(TunnelSession Session, MonoTime Until)> _lingering = [];
    private TunnelSession? _heardBeforePending;
    private MonoTime _pendingUntil = MonoTime.Never;

    /// <param name="incarnations">Say which state of the streams a session is of.</param>
    /// <param name="confirmed">Told of a pending session whose first packet has come.</param>
    /// <param name="retire">Told of each session that goes, before its keys are wiped.</param>
    public TunnelSessions(
        IncarnationPair incarnations, Action<TunnelSession> confirmed, Action<TunnelSession> retire)
    {
        _incarnations = incarnations;
        _confirmed = confirmed;
        _retire = retire;
    }

    public TunnelSession? Current { get; private set; }

    public TunnelSession? Pending { get; private set; }

    /// <summary>True while the keys of a replaced session are held for packets on the way.</summary>
    public bool IsLingering => _lingering.Count > 0;

    public bool IsEmpty => Current is null && Pending is null && !IsLingering;

    public MonoTime? NextTimeout
    {
        get
        {
            MonoTime? next = Pending is null ? null : _pendingUntil;
            foreach (var (_, until) in _lingering)
            {
                next = until == MonoTime.Never ? next : MonoTime.Earliest(next, until);
            }

            return next;
        }
    }

    /// <summary>Holds a session that the peer has to confirm; an earlier one that it did not is dropped.</summary>
    public void Expect(TunnelSession session, UdpEndpoint source, MonoTime now)
    {
        Retire(Pending);
        Pending = session;
        _heardBeforePending = Current is { Protection.Opened: > 0 } heard ? heard : null;
        _pendingSources.Clear();
        HandleCopy(source, now);
    }

    /// <summary>A copy of the pending session's message 1 came, and was answered.</summary>
    public void HandleCopy(UdpEndpoint source, MonoTime now)
    {
        Invariant.Require(Pending is not null);
        _pendingSources.Remove(source);
        if (_pendingSources.Count == MaxSources)
        {
            _pendingSources.RemoveAt(0);
        }

        _pendingSources.Add(source);
        var wanted = now + PendingLifetime;
        var longest = Pending.EstablishedAt + LongestPending;
        _pendingUntil = wanted < longest ? wanted : longest;
    }

    /// <summary>Takes the pending session out: its first packet has come.</summary>
    /// <param name="from">The packet's source.</param>
    /// <param name="failed">Whether the current session has failed.</param>
    /// <param name="linger">See <see cref="Replace"/>.</param>
    /// <param name="now">The present.</param>
    /// <param name="endpoint">Where to send: to the packet's source when message 1 came from there too, else to the last source of message 1.</param>
    public Confirmation Confirm(UdpEndpoint from, bool failed, TimeSpan linger, MonoTime now, out UdpEndpoint endpoint)
    {
        Invariant.Require(Pending is not null);
        var session = Pending;
        Pending = null;
        endpoint = _pendingSources.Contains(from) ? from : _pendingSources[^1];
        _confirmed(session);
        if (!_incarnations.IsGivenUp(session.OwnIncarnation, session.PeerIncarnation)
            && (failed || Outranks(session, now)))
        {
            return Confirmation.Counts;
        }

        if (_incarnations.Names(session.OwnIncarnation, session.PeerIncarnation))
        {
            Linger(session, linger, now);
            return Confirmation.Lingers;
        }

        Drop(session);
        return Confirmation.Dropped;
    }

    /// <summary>Makes a session current.</summary>
    /// <param name="session">The session, held nowhere yet.</param>
    /// <param name="continues">Whether its streams' state is that of the current one.</param>
    /// <param name="linger">How long the replaced one receives on after the first packet under the new one.</param>
    /// <param name="now">The present.</param>
    public void Replace(TunnelSession session, bool continues, TimeSpan linger, MonoTime now)
    {
        var replaced = Current;
        Current = session;
        if (!continues)
        {
            Retire(replaced);
            DropLingering();
        }
        else if (replaced is not null)
        {
            Linger(replaced, linger, now);
        }
    }

    /// <summary>The first packet under the current session was opened: the peer sends under it, and what it sent before is on its last way.</summary>
    public void HandleCurrentHeard(TimeSpan linger, MonoTime now)
    {
        for (var index = 0; index < _lingering.Count; index++)
        {
            _lingering[index] = (_lingering[index].Session, now + linger);
        }
    }

    /// <summary>Gives up a session that is held nowhere.</summary>
    public void Drop(TunnelSession session) => Retire(session);

    /// <summary>Gives up the current session and what is left of those before.</summary>
    public void DropCurrent()
    {
        Retire(Current);
        Current = null;
        DropLingering();
    }

    public void HandleTimeout(MonoTime now)
    {
        if (Pending is not null && now >= _pendingUntil)
        {
            Retire(Pending);
            Pending = null;
        }

        for (var index = _lingering.Count - 1; index >= 0; index--)
        {
            if (now >= _lingering[index].Until)
            {
                Retire(_lingering[index].Session);
                _lingering.RemoveAt(index);
            }
        }
    }

    public void Dispose()
    {
        DropCurrent();
        Retire(Pending);
        Pending = null;
    }

    /// <summary>Says whether a session that the peer has confirmed replaces the current one.</summary>
    /// <remarks>
    /// The lower root key decides only between two sessions of one state of the streams that crossed: the peer's attempt came before
    /// anything under the current session did. Of one that came after, the peer knew the current session and wants another. When the states
    /// differ one side was started anew, and the session it is not in is dead, whoever opened it.
    /// </remarks>
    private bool Outranks(TunnelSession candidate, MonoTime now) =>
        Current is not { } current
        || candidate.OwnIncarnation != current.OwnIncarnation
        || candidate.PeerIncarnation != current.PeerIncarnation
        || candidate.InitiatedByLowerRoot
        || !current.InitiatedByLowerRoot
        || current == _heardBeforePending
        || now - current.EstablishedAt > LongestPending;

    private void Linger(TunnelSession session, TimeSpan linger, MonoTime now)
    {
        if (_lingering.Count == MaxLingering)
        {
            Retire(_lingering[0].Session);
            _lingering.RemoveAt(0);
        }

        _lingering.Add((session, Current is { Protection.Opened: > 0 } ? now + linger : MonoTime.Never));
    }

    private void DropLingering()
    {
        _lingering.ForEach(lingering => Retire(lingering.Session));
        _lingering.Clear();
    }

    private void Retire(TunnelSession? session)
    {
        if (session is not null)
        {
            _retire(session);
            session.Dispose();
        }
    }
}

/// <summary>What the first packet under a pending session leads to.</summary>
internal enum Confirmation
{
    /// <summary>The session is to replace the current one.</summary>
    Counts,

    /// <summary>The current session stays; packets under this one are taken for a while.</summary>
    Lingers,

    /// <summary>The session is of no state held here, and gone.</summary>
    Dropped,
}
