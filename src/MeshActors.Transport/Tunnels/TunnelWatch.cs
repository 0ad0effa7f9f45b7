using System;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Tunnels;

/// <summary>Watches whether the peer of a tunnel is there: asks for a sign of life, and says when to stop believing in it.</summary>
internal sealed class TunnelWatch
{
    /// <summary>Probe timeouts without an answer that a slow path is granted before the peer counts as silent.</summary>
    public const int SilentProbeTimeouts = 3;

    private const int SuspectProbeTimeouts = 2;

    private static readonly TimeSpan LongestGoodbye = TimeSpan.FromSeconds(2);

    private readonly TunnelSettings _settings;
    private MonoTime? _suspectedSince;
    private readonly TunnelRoutes _routes;
    private MonoTime _lastSign;
    private MonoTime _failedAt;

    public TunnelWatch(TunnelSettings settings, TunnelRoutes routes, MonoTime now)
    {
        _settings = settings;
        _routes = routes;
        _lastSign = now;
        _failedAt = now;
    }

    /// <summary>When it was quiet for so long that a sign of life is due, for the peer to give one and for the NATs on the way to remember it.</summary>
    private MonoTime KeepAliveAt => _lastSign + _routes.KeepAliveInterval;

    /// <summary>Until when a closed tunnel says so to a peer that sends on.</summary>
    public MonoTime GoodbyeUntil { get; private set; }

    public void HandleSignOfLife(MonoTime now) => _lastSign = now;

    public void HandleFailed(MonoTime now) => _failedAt = now;

    /// <summary>The tunnel is closed.</summary>
    /// <param name="linger">For how long it says so; at most two seconds count.</param>
    /// <param name="now">The present.</param>
    public void HandleClosed(TimeSpan linger, MonoTime now) =>
        GoodbyeUntil = now + (linger < LongestGoodbye ? linger : LongestGoodbye);

    /// <summary>When <see cref="Check"/> must next be called.</summary>
    /// <param name="state">The tunnel's.</param>
    /// <param name="unansweredSince">When the oldest packet left that asks for an answer and has had none.</param>
    /// <param name="probeTimeout">The path's probe timeout.</param>
    public MonoTime? NextTimeout(TunnelState state, MonoTime? unansweredSince, TimeSpan probeTimeout) =>
        state switch
        {
            TunnelState.Open => MonoTime.Earliest(
                MonoTime.Earliest(KeepAliveAt, unansweredSince + SilenceTimeout(probeTimeout)),
                unansweredSince == _suspectedSince ? null : unansweredSince + SuspicionTimeout(probeTimeout)),
            TunnelState.Failed => _failedAt + _settings.AbandonTimeout,
            _ => null,
        };

    /// <summary>What is to be done now; parameters as of <see cref="NextTimeout"/>.</summary>
    public WatchOutcome Check(TunnelState state, MonoTime? unansweredSince, TimeSpan probeTimeout, MonoTime now)
    {
        switch (state)
        {
            case TunnelState.Open when unansweredSince + SilenceTimeout(probeTimeout) <= now:
                return WatchOutcome.Silent;
            case TunnelState.Open when unansweredSince != _suspectedSince
                                       && unansweredSince + SuspicionTimeout(probeTimeout) <= now:
                _suspectedSince = unansweredSince;
                return WatchOutcome.Suspect;
            case TunnelState.Open when now >= KeepAliveAt:
                _lastSign = now;
                return WatchOutcome.AskForLife;
            case TunnelState.Failed when now >= _failedAt + _settings.AbandonTimeout:
                return WatchOutcome.Abandon;
            default:
                return WatchOutcome.Fine;
        }
    }

    private TimeSpan SuspicionTimeout(TimeSpan probeTimeout) =>
        Longer(SuspectProbeTimeouts * probeTimeout, _settings.SuspicionTimeout);

    private TimeSpan SilenceTimeout(TimeSpan probeTimeout) =>
        Longer(SilentProbeTimeouts * probeTimeout, _settings.SilenceTimeout);

    private static TimeSpan Longer(TimeSpan a, TimeSpan b) => a > b ? a : b;
}

/// <summary>What a <see cref="TunnelWatch"/> finds.</summary>
internal enum WatchOutcome
{
    /// <summary>Nothing is to be done.</summary>
    Fine,

    /// <summary>Nothing was heard for long: send something that must be acknowledged.</summary>
    AskForLife,

    /// <summary>The peer answers nothing yet; told once in a silence: try whether a handshake reaches it.</summary>
    Suspect,

    /// <summary>The peer answers nothing: the tunnel has failed.</summary>
    Silent,

    /// <summary>It stood failed for too long: close it.</summary>
    Abandon,
}
