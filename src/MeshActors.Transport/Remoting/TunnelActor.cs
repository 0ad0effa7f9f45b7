using System;
using Akka.Actor;
using Akka.Event;
using MeshActors.Transport.Time;
using MeshActors.Transport.Tunnels;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Remoting;

/// <summary>One tunnel: fails with it, is restarted by its supervisor, and brings it back after a pause.</summary>
/// <remarks>
/// Its states are those of <see cref="TunnelSupervision"/>, which together with the tunnel outlives a restart. Who asks
/// for the tunnel while it is not open waits for it. When it is over the actor refuses whoever still asks, and asks its
/// supervisor to be stopped; however it is stopped, the tunnel is closed with it.
/// </remarks>
internal sealed class TunnelActor : UntypedActor, IWithTimers, IWithStash
{
    /// <summary>Askers that may wait for a tunnel; each further one is refused.</summary>
    public const int MaxWaiting = 1_000;

    private readonly ITunnelControl _control;
    private readonly TunnelSupervision _supervision;
    private readonly Clock _clock;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private TunnelRefused _refusal = new(TunnelErrorCode.Closed, "the tunnel was closed");
    private ulong _closeCode = TunnelCloseCode.NotNeeded;

    public TunnelActor(ITunnelControl control, TunnelSupervision supervision, Clock clock)
    {
        _control = control;
        _supervision = supervision;
        _clock = clock;
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public IStash Stash { get; set; } = null!;

    public static Props Props(ITunnelControl control, TunnelSupervision supervision, Clock clock) =>
        Akka.Actor.Props.Create(() => new TunnelActor(control, supervision, clock));

    protected override void PreStart() => Follow();

    protected override void PreRestart(Exception reason, object message) =>
        _log.Warning("tunnel to {0} is restarted: {1}", _control.Peer.Address, reason.Message);

    protected override void PostStop() => _control.Close(_closeCode, _refusal.Reason);

    protected override void OnReceive(object message) => Unhandled(message);

    private void Opening(object message)
    {
        switch (message)
        {
            case OpenTunnel:
                Hold();
                break;
            case TunnelFailed failed:
                _supervision.HandleFailed(_clock.Now);
                GiveUp(failed.Failure);
                break;
            default:
                InEveryState(message);
                break;
        }
    }

    private void Open(object message)
    {
        switch (message)
        {
            case OpenTunnel:
                Sender.Tell(new TunnelReady(_control));
                break;
            case TunnelFailed failed:
                Fail(failed.Failure);
                break;
            default:
                InEveryState(message);
                break;
        }
    }

    private void BackingOff(object message)
    {
        switch (message)
        {
            case OpenTunnel:
                Hold();
                break;
            case TimeoutDue:
                HandleTimeout();
                break;
            case WayFound:
                HandleWayFound();
                break;
            case TunnelFailed:
                break;
            default:
                InEveryState(message);
                break;
        }
    }

    private void Reopening(object message)
    {
        switch (message)
        {
            case OpenTunnel:
                Hold();
                break;
            case TimeoutDue:
                HandleTimeout();
                break;
            case WayFound:
                HandleWayFound();
                break;
            case TunnelFailed failed:
                Fail(failed.Failure);
                break;
            default:
                InEveryState(message);
                break;
        }
    }

    private void Ended(object message)
    {
        if (message is OpenTunnel)
        {
            Sender.Tell(_refusal);
        }
    }

    private void InEveryState(object message)
    {
        switch (message)
        {
            case TunnelOpened:
                _supervision.HandleOpened(_clock.Now);
                Follow();
                break;
            case TunnelClosed closed:
                _supervision.HandleClosed();
                if (closed.Reason.Cause is TunnelCloseCause.NoDirectPath or TunnelCloseCause.Abandoned)
                {
                    _log.Warning("tunnel to {0} has ended: {1}", _control.Peer.Address, closed.Reason.Text);
                }

                _refusal = new TunnelRefused(ErrorOf(closed.Reason), $"the tunnel was closed: {closed.Reason.Text}");
                Follow();
                break;
            case WayFound:
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void HandleWayFound()
    {
        _supervision.HandleWayFound(_clock.Now);
        Follow();
    }

    private void HandleTimeout()
    {
        _supervision.HandleTimeout(_clock.Now);
        if (_supervision.Phase == TunnelPhase.Ended)
        {
            GiveUp(TunnelFailure.Silence);
            return;
        }

        Follow();
    }

    /// <summary>Leaves it to the supervisor: it restarts this actor, which then waits for its next attempt.</summary>
    private void Fail(TunnelFailure failure)
    {
        _supervision.HandleFailed(_clock.Now);
        throw new TunnelFailedException(failure);
    }

    private void GiveUp(TunnelFailure failure)
    {
        _closeCode = TunnelCloseCode.Unreachable;
        _refusal = failure switch
        {
            TunnelFailure.CertificateRefused =>
                new TunnelRefused(TunnelErrorCode.CertificateRefused, "its certificate is not acceptable here"),
            TunnelFailure.UnsupportedVersion => new TunnelRefused(
                TunnelErrorCode.UnsupportedVersion,
                $"unsupported-version: it speaks {string.Join(", ", _control.PeerVersions)} of the tunnel protocol, this node {DatagramType.Version}"),
            TunnelFailure.UnsupportedSuite =>
                new TunnelRefused(TunnelErrorCode.UnsupportedSuite, "it offers no cipher suite that this node may use"),
            TunnelFailure.NoDirectPath => new TunnelRefused(
                TunnelErrorCode.NoDirectPath, "it has no endpoint that is known, and no relay that this node reaches"),
            _ => new TunnelRefused(TunnelErrorCode.Unreachable, WithTried("no answer from the peer")),
        };
        _log.Warning(
            "tunnel to {0} is given up after {1} attempts to reopen it: {2}",
            _control.Peer.Address,
            _supervision.Attempts,
            _refusal.Reason);
        Follow();
    }

    /// <summary>Does what the supervision asks for and takes the state it is in.</summary>
    private void Follow()
    {
        if (_supervision.PollReopen())
        {
            _log.Debug("tunnel to {0} is reopened, attempt {1}", _control.Peer.Address, _supervision.Attempts);
            _control.Reopen();
        }

        switch (_supervision.Phase)
        {
            case TunnelPhase.Opening:
                Become(Opening);
                break;
            case TunnelPhase.Open:
                Become(Open);
                Stash.UnstashAll();
                break;
            case TunnelPhase.BackingOff:
                Become(BackingOff);
                break;
            case TunnelPhase.Reopening:
                Become(Reopening);
                break;
            case TunnelPhase.Ended:
                Become(Ended);
                Stash.UnstashAll();
                Context.Parent.Tell(TunnelEnded.Instance);
                break;
        }

        ArmTimer();
    }

    private void ArmTimer()
    {
        if (_supervision.NextTimeout is not { } deadline)
        {
            Timers.Cancel(TimeoutDue.Instance);
            return;
        }

        var delay = deadline - _clock.Now;
        Timers.StartSingleTimer(
            TimeoutDue.Instance, TimeoutDue.Instance, delay > TimeSpan.Zero ? delay : TimeSpan.Zero);
    }

    private void Hold()
    {
        if (Stash.Count >= MaxWaiting)
        {
            Sender.Tell(new TunnelRefused(TunnelErrorCode.Unreachable, "too many wait for the tunnel"));
            return;
        }

        Stash.Stash();
    }

    private string WithTried(string reason) =>
        _control.Tried.Length == 0 ? reason : $"{reason}; tried: {_control.Tried}";

    private static TunnelErrorCode ErrorOf(TunnelCloseReason reason) => reason.Code switch
    {
        TunnelCloseCode.TooManyTunnels => TunnelErrorCode.TooManyTunnels,
        TunnelCloseCode.NoDirectPath => TunnelErrorCode.NoDirectPath,
        _ => TunnelErrorCode.Closed,
    };

    private sealed record TimeoutDue
    {
        public static readonly TimeoutDue Instance = new();
    }
}
