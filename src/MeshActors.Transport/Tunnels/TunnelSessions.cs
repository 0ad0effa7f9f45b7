using System;
using System.Collections.Generic;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Diagnostics;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Tunnels;

/// <summary>The sessions of one tunnel: the current, one that the peer has not confirmed, and one whose packets may still be on the way.</summary>
/// <remarks>
/// Rules (docs/protocol.md, section 3.3): a pending session becomes current by its first packet, never by message 1; the
/// replaced one receives on for three probe timeouts, and only when the streams' state is the same in both; of two
/// sessions that both sides opened at once, both keep the one that the lower root key opened.
/// </remarks>
internal sealed class TunnelSessions : IDisposable
{
    /// <summary>A pending session ends this long after the last copy of its message 1 was answered.</summary>
    public static readonly TimeSpan PendingLifetime = TimeSpan.FromSeconds(5);

    /// <summary>No pending session lives longer, however many copies come.</summary>
    public static readonly TimeSpan LongestPending = TimeSpan.FromSeconds(10);

    /// <summary>Sources of message 1 remembered for a pending session; then the oldest goes.</summary>
    private const int MaxSources = 8;

    private readonly Action<TunnelSession> _confirmed;
    private readonly Action<TunnelSession> _retire;
    private readonly List<UdpEndpoint> _pendingSources = [];
    private MonoTime _pendingUntil = MonoTime.Never;
    private MonoTime _previousUntil = MonoTime.Never;

    /// <param name="confirmed">Told of a pending session whose first packet has come.</param>
    /// <param name="retire">Told of each session that goes, before its keys are wiped.</param>
    public TunnelSessions(Action<TunnelSession> confirmed, Action<TunnelSession> retire)
    {
        _confirmed = confirmed;
        _retire = retire;
    }

    public TunnelSession? Current { get; private set; }

    public TunnelSession? Pending { get; private set; }

    public TunnelSession? Previous { get; private set; }

    public bool IsEmpty => Current is null && Pending is null && Previous is null;

    public MonoTime? NextTimeout
    {
        get
        {
            MonoTime? next = Pending is null ? null : _pendingUntil;
            return Previous is null ? next : MonoTime.Earliest(next, _previousUntil);
        }
    }

    /// <summary>Holds a session that the peer has to confirm; an earlier one that it did not is dropped.</summary>
    public void Expect(TunnelSession session, UdpEndpoint source, MonoTime now)
    {
        Retire(Pending);
        Pending = session;
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

    /// <summary>Where to send under the pending session: to the source of its first packet when message 1 came from there too.</summary>
    public UdpEndpoint PendingEndpointFor(UdpEndpoint source) =>
        _pendingSources.Contains(source) ? source : _pendingSources[^1];

    /// <summary>Takes the pending session out: its first packet has come.</summary>
    public TunnelSession TakePending()
    {
        Invariant.Require(Pending is not null);
        var session = Pending;
        Pending = null;
        _confirmed(session);
        return session;
    }

    /// <summary>Says whether a session that is ready now replaces the current one.</summary>
    /// <remarks>
    /// The lower root key decides only between two sessions of one state of the streams. When the states differ one side
    /// was started anew, and the session it is not in is dead, whoever opened it.
    /// </remarks>
    public bool Outranks(TunnelSession candidate, MonoTime now) =>
        Current is not { } current
        || candidate.OwnIncarnation != current.OwnIncarnation
        || candidate.PeerIncarnation != current.PeerIncarnation
        || candidate.InitiatedByLowerRoot
        || !current.InitiatedByLowerRoot
        || now - current.EstablishedAt > LongestPending;

    /// <summary>Makes a session current.</summary>
    /// <param name="session">The session, held nowhere yet.</param>
    /// <param name="continues">Whether its streams' state is that of the current one.</param>
    /// <param name="linger">How long the replaced one receives on.</param>
    /// <param name="now">The present.</param>
    public void Replace(TunnelSession session, bool continues, TimeSpan linger, MonoTime now)
    {
        var replaced = Current;
        Current = session;
        if (continues)
        {
            Linger(replaced, linger, now);
        }
        else
        {
            Retire(replaced);
            Retire(Previous);
            Previous = null;
        }
    }

    /// <summary>Lets a session that is not current receive for a while, in place of another such.</summary>
    public void Linger(TunnelSession? session, TimeSpan linger, MonoTime now)
    {
        if (session is not null)
        {
            Retire(Previous);
            Previous = session;
            _previousUntil = now + linger;
        }
    }

    /// <summary>Gives up a session that is held nowhere.</summary>
    public void Drop(TunnelSession session) => Retire(session);

    /// <summary>Gives up the current session and what is left of the one before.</summary>
    public void DropCurrent()
    {
        Retire(Current);
        Retire(Previous);
        Current = Previous = null;
    }

    public void HandleTimeout(MonoTime now)
    {
        if (Pending is not null && now >= _pendingUntil)
        {
            Retire(Pending);
            Pending = null;
        }

        if (Previous is not null && now >= _previousUntil)
        {
            Retire(Previous);
            Previous = null;
        }
    }

    public void Dispose()
    {
        Retire(Current);
        Retire(Pending);
        Retire(Previous);
        Current = Pending = Previous = null;
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
