using System;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Tunnels;

/// <summary>How one session of a tunnel follows another: our attempts, the peer's, and which of them counts.</summary>
/// <remarks>
/// A session of the state of the streams that is held replaces the one before without a packet lost: numbers go on, and the keys before
/// stay for what is still on the way. One replacement at a time: while such keys are held no other is begun.
/// </remarks>
internal sealed class SessionSuccession : IDisposable
{
    private readonly Rekeying _rekeying;

    /// <param name="settings">When keys are replaced.</param>
    /// <param name="random">Incarnations and jitter.</param>
    /// <param name="incarnation">This side's; null for a fresh one.</param>
    /// <param name="confirmed">Told of a pending session whose first packet has come.</param>
    /// <param name="retire">Told of each session that goes, before its keys are wiped.</param>
    public SessionSuccession(
        RekeySettings settings,
        IRandomSource random,
        ulong? incarnation,
        Action<TunnelSession> confirmed,
        Action<TunnelSession> retire)
    {
        _rekeying = new Rekeying(settings, random);
        MostPackets = settings.MostPackets;
        Incarnations = new IncarnationPair(random, incarnation);
        Sessions = new TunnelSessions(Incarnations, confirmed, retire);
    }

    public TunnelSessions Sessions { get; }

    public IncarnationPair Incarnations { get; }

    /// <summary>Attempts, one under way at most.</summary>
    public DialSlot Attempts { get; } = new();

    /// <summary>Packets that a session seals at most.</summary>
    public ulong MostPackets { get; }

    /// <summary>Attempts to replace the session in use that came to nothing.</summary>
    public int Failures => _rekeying.Failures;

    private bool MayRekey => Attempts.Current is null && !Sessions.IsLingering;

    /// <summary>When something is due.</summary>
    /// <param name="open">Whether the session in use works: only such a one is replaced beside its data.</param>
    public MonoTime? NextTimeout(bool open)
    {
        var next = MonoTime.Earliest(Sessions.NextTimeout, Attempts.Current?.Handshake.NextTimeout);
        return open && MayRekey ? MonoTime.Earliest(next, _rekeying.NextTimeout) : next;
    }

    /// <summary>Says whether an attempt to replace the session in use, which works, is to begin.</summary>
    public bool IsRekeyDue(MonoTime now) => MayRekey && _rekeying.NextTimeout <= now;

    /// <inheritdoc cref="Rekeying.Hasten"/>
    public void HastenRekey(MonoTime now) => _rekeying.Hasten(now);

    /// <summary>An attempt to replace the session in use came to nothing.</summary>
    public void HandleRekeyFailed(MonoTime now) => _rekeying.HandleFailed(now);

    /// <summary>Our attempt was answered.</summary>
    /// <returns>False when the session is of a state given up here: it is gone, and our next attempt begins a new state.</returns>
    public bool HandleAnswer(TunnelSession session)
    {
        Attempts.End();
        if (!Incarnations.IsGivenUp(session.OwnIncarnation, session.PeerIncarnation))
        {
            return true;
        }

        Sessions.Drop(session);
        Incarnations.Renew();
        return false;
    }

    /// <inheritdoc cref="TunnelSessions.Confirm"/>
    public Confirmation Confirm(UdpEndpoint from, bool failed, TimeSpan linger, MonoTime now, out UdpEndpoint endpoint)
    {
        var confirmation = Sessions.Confirm(from, failed, linger, now, out endpoint);
        if (confirmation == Confirmation.Counts)
        {
            Attempts.End();
        }

        return confirmation;
    }

    /// <summary>Makes a session current.</summary>
    /// <returns>False when it begins a new state of the streams.</returns>
    public bool Establish(TunnelSession session, TimeSpan linger, MonoTime now)
    {
        var continues = Incarnations.Adopt(session.OwnIncarnation, session.PeerIncarnation);
        Sessions.Replace(session, continues, linger, now);
        _rekeying.HandleSession(session, now);
        return continues;
    }

    /// <summary>Ends what is due.</summary>
    /// <returns>Why nothing came of an attempt of ours whose time is over, or null.</returns>
    public TunnelFailure? HandleTimeout(MonoTime now)
    {
        Sessions.HandleTimeout(now);
        return Attempts.HandleTimeout(now);
    }

    public void Dispose()
    {
        Attempts.End();
        Sessions.Dispose();
    }
}
