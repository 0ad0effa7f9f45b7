using System;
using Akka.Actor;
using Akka.Event;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Relay;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Remoting;

/// <summary>One relay of the configuration: asks who is there, has the engine use it, and tells how it is doing.</summary>
/// <remarks>All is decided by <see cref="RelaySupervision"/>. A restart begins with asking; the engine goes on with what it uses meanwhile.</remarks>
internal sealed class RelayActor : UntypedActor, IWithTimers
{
    private readonly RelaySetting _setting;
    private readonly RelayDesk _desk;
    private readonly RelaySupervision _supervision;
    private readonly Clock _clock;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private PeerRecord? _answered;

    public RelayActor(RelaySetting setting, RelayDesk desk, Clock clock, IRandomSource random)
    {
        _setting = setting;
        _desk = desk;
        _clock = clock;
        _supervision = new RelaySupervision(random, clock.Now);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(RelaySetting setting, RelayDesk desk, Clock clock, IRandomSource random) =>
        Akka.Actor.Props.Create(() => new RelayActor(setting, desk, clock, random));

    protected override void PreStart() => Follow();

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case RelayAsked asked:
                _supervision.HandleAsked(asked.Attempt, asked.Open, asked.Why, _clock.Now);
                break;
            case RelayAnswered answered:
                _answered = answered.Relay;
                _supervision.HandleAnswered(answered.Attempt, answered.Relay.Address, _clock.Now);
                break;
            case RelayUnanswered unanswered:
                _supervision.HandleUnanswered(unanswered.Attempt, unanswered.Why, _clock.Now);
                break;
            case RelayChanged { Change: var change } when change.Relay == _supervision.Relay:
                _supervision.HandleLease(change.State, change.Refusal, _clock.Now);
                break;
            case RelayChanged:
                break;
            case TimeoutDue:
                _supervision.HandleTimeout(_clock.Now);
                break;
            default:
                Unhandled(message);
                return;
        }

        Follow();
    }

    /// <summary>Does what the supervision asks for.</summary>
    private void Follow()
    {
        if (_supervision.PollAsk())
        {
            _desk.Ask(_setting, _supervision.Attempt, Self);
        }

        if (_supervision.PollUse(out var instead))
        {
            _desk.Use(_setting, _answered!, instead);
        }

        if (_supervision.PollReport())
        {
            Report();
        }

        ArmTimer();
    }

    private void Report()
    {
        switch (_supervision.Phase)
        {
            case RelayPhase.Asking:
                _log.Warning("relay {0} does not answer and is asked again: {1}", _setting.Name, _supervision.Silence);
                break;
            case RelayPhase.Leased:
                _log.Info("relay {0} ({1}): peers reach this node over it", _setting.Name, _supervision.Relay);
                break;
            case RelayPhase.Refused:
                _log.Warning("relay {0} ({1}) gives no lease: {2}", _setting.Name, _supervision.Relay, TextOf(_supervision));
                break;
            case RelayPhase.Lost:
                _log.Warning("relay {0} ({1}) is lost and looked for", _setting.Name, _supervision.Relay);
                break;
            default:
                _log.Debug("relay {0} ({1}): {2}", _setting.Name, _supervision.Relay, _supervision.Phase);
                break;
        }

        Context.Parent.Tell(new RelayReport(
            Self.Path.Name, _supervision.Phase, _supervision.Relay, _supervision.Refusal, _supervision.Silence));
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

    private static string TextOf(RelaySupervision supervision) => supervision.Refusal switch
    {
        Wire.RelayRefusal.NoRole => "the node there is no relay; set is-relay = on there, or take it out of relays",
        Wire.RelayRefusal.Full => "all of its places are taken; name another relay",
        Wire.RelayRefusal.NotAdmitted => "its policy does not let this node in",
        Wire.RelayRefusal.AddressTaken => "another node holds a lease under this node's address",
        _ => "no reason given",
    };

    private sealed record TimeoutDue
    {
        public static readonly TimeoutDue Instance = new();
    }
}
