using MeshActors.Transport.Chance;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Tunnels;

/// <summary>When a failed tunnel is tried again, and when it is given up.</summary>
/// <remarks>
/// A tunnel that has never been open is not tried again: nobody's streams wait for it, and who asked for it decides. One
/// that was open is reopened after a delay that doubles with each failure, until the reconnect timeout, counted from its
/// first failure, has passed. The peer may open it at any moment, also between two attempts. The delay begins at the
/// first value again only for a tunnel that held for as long as the reconnect timeout, so that one that opens and fails
/// in turns is not tried without a pause. Outlives its actor's restarts.
/// </remarks>
internal sealed class TunnelSupervision
{
    private readonly TunnelSupervisionSettings _settings;
    private readonly Backoff _backoff;
    private MonoTime _openedAt;
    private MonoTime _giveUpAt = MonoTime.Never;
    private MonoTime _reopenAt = MonoTime.Never;
    private bool _reopenDue;

    public TunnelSupervision(TunnelSupervisionSettings settings, IRandomSource random)
    {
        _settings = settings;
        _backoff = new Backoff(settings.FirstDelay, settings.LargestDelay, random);
    }

    public TunnelPhase Phase { get; private set; } = TunnelPhase.Opening;

    /// <summary>Attempts to reopen since it was last open.</summary>
    public int Attempts { get; private set; }

    /// <summary>When <see cref="HandleTimeout"/> must next be called, or null when nothing is due.</summary>
    public MonoTime? NextTimeout => Phase switch
    {
        TunnelPhase.BackingOff => MonoTime.Earliest(_reopenAt, _giveUpAt),
        TunnelPhase.Reopening => _giveUpAt,
        _ => null,
    };

    /// <summary>A session is there.</summary>
    public void HandleOpened(MonoTime now)
    {
        if (Phase is TunnelPhase.Ended or TunnelPhase.Open)
        {
            return;
        }

        Phase = TunnelPhase.Open;
        Attempts = 0;
        _openedAt = now;
        _reopenDue = false;
    }

    /// <summary>The session, or the attempt to get one, has failed.</summary>
    public void HandleFailed(MonoTime now)
    {
        switch (Phase)
        {
            case TunnelPhase.Opening:
                Phase = TunnelPhase.Ended;
                break;
            case TunnelPhase.Open:
                if (now - _openedAt >= _settings.ReconnectTimeout)
                {
                    _backoff.Reset();
                }

                _giveUpAt = now + _settings.ReconnectTimeout;
                BackOff(now);
                break;
            case TunnelPhase.Reopening:
                BackOff(now);
                break;
        }
    }

    /// <summary>A way to peers was found that was not there before: the next attempt need not wait, and one under way may not know it.</summary>
    public void HandleWayFound(MonoTime now)
    {
        if (Phase is TunnelPhase.BackingOff or TunnelPhase.Reopening && now < _giveUpAt)
        {
            Reopen();
        }
    }

    public void HandleTimeout(MonoTime now)
    {
        if (Phase is not (TunnelPhase.BackingOff or TunnelPhase.Reopening))
        {
            return;
        }

        if (now >= _giveUpAt)
        {
            Phase = TunnelPhase.Ended;
            _reopenDue = false;
        }
        else if (Phase == TunnelPhase.BackingOff && now >= _reopenAt)
        {
            Reopen();
        }
    }

    /// <summary>The tunnel is over, whoever ended it.</summary>
    public void HandleClosed() => Phase = TunnelPhase.Ended;

    /// <summary>Tells whether the tunnel is to be reopened now; true once for each attempt.</summary>
    public bool PollReopen()
    {
        var due = _reopenDue;
        _reopenDue = false;
        return due;
    }

    private void Reopen()
    {
        Phase = TunnelPhase.Reopening;
        Attempts++;
        _reopenDue = true;
    }

    private void BackOff(MonoTime now)
    {
        Phase = TunnelPhase.BackingOff;
        _reopenAt = now + _backoff.Next();
    }
}

/// <summary>Where a supervised tunnel is in its life.</summary>
internal enum TunnelPhase
{
    /// <summary>The first handshake is under way.</summary>
    Opening,

    /// <summary>A session is there.</summary>
    Open,

    /// <summary>It failed, and waits for the next attempt.</summary>
    BackingOff,

    /// <summary>An attempt to reopen it is under way.</summary>
    Reopening,

    /// <summary>It is over.</summary>
    Ended,
}
