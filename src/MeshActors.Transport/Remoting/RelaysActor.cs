using System;
using System.Collections.Generic;
using System.Linq;
using Akka.Actor;
using Akka.Event;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Relay;
using MeshActors.Transport.Switching;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Remoting;

/// <summary>Supervises the relays that a node uses, one child for each of the configuration, named by its first endpoint.</summary>
/// <remarks>
/// A child that fails is restarted and asks anew who its relay is, at most <see cref="MaxRestarts"/> times in <see cref="RestartWindow"/>; the lease stands meanwhile, since the engine holds it.
/// One that fails more often is stopped: its relay is used as it was, and nobody looks for it any more when it is lost. When this actor itself fails it begins anew with all relays that it was told of.
/// </remarks>
internal sealed class RelaysActor : UntypedActor
{
    /// <summary>Restarts of one relay's actor in <see cref="RestartWindow"/>; one more and it is stopped.</summary>
    public const int MaxRestarts = 10;

    private const int MaxWaiting = 1_000;

    /// <summary>Of restarts.</summary>
    public static readonly TimeSpan RestartWindow = TimeSpan.FromMinutes(1);

    private readonly RelayDesk _desk;
    private readonly Clock _clock;
    private readonly IRandomSource _random;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<string, RelayReport> _reports = [];
    private readonly RelayMemory _memory;

    public RelaysActor(RelayMemory memory, RelayDesk desk, Clock clock, IRandomSource random)
    {
        _memory = memory;
        _desk = desk;
        _clock = clock;
        _random = random;
    }

    /// <param name="desk">What the children have the engine do.</param>
    /// <param name="clock">Of all deadlines.</param>
    /// <param name="random">Of the jitter between questions.</param>
    public static Props Props(RelayDesk desk, Clock clock, IRandomSource random)
    {
        var memory = new RelayMemory();
        return Akka.Actor.Props.Create(() => new RelaysActor(memory, desk, clock, random));
    }

    protected override SupervisorStrategy SupervisorStrategy() =>
        new OneForOneStrategy(MaxRestarts, (int)RestartWindow.TotalMilliseconds, Decide, loggingEnabled: false);

    /// <summary>After a restart the relays are asked anew who they are; the engine goes on with them meanwhile.</summary>
    protected override void PreStart()
    {
        foreach (var (name, setting) in _memory.Relays)
        {
            Begin(name, setting);
        }
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case UseRelays use:
                HandleUse(use);
                break;
            case RelayChanged changed:
                HandleChanged(changed);
                break;
            case RelayReport report:
                HandleReport(report);
                break;
            case AwaitRelay when HasLease:
                Sender.Tell(RelayReady.Instance);
                break;
            case AwaitRelay when _memory.Waiting.Count < MaxWaiting:
                _memory.Waiting.Add(Sender);
                break;
            case AwaitRelay:
                break;
            case DescribeRelays:
                Sender.Tell(new RelaysDescribed([.. _memory.Relays.Select(relay => _reports[relay.Name])]));
                break;
            case Terminated terminated:
                _log.Error("relay {0} is not looked after any more: its actor failed too often", terminated.ActorRef.Path.Name);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private bool HasLease => _reports.Values.Any(report => report.Phase == RelayPhase.Leased);

    private Directive Decide(Exception cause)
    {
        _log.Error(cause, "a relay's actor failed and is restarted");
        return Directive.Restart;
    }

    private void HandleUse(UseRelays use)
    {
        foreach (var relay in use.Relays)
        {
            var name = NameOf(relay);
            if (!_reports.ContainsKey(name))
            {
                _memory.Relays.Add((name, relay));
                Begin(name, relay);
            }
        }
    }

    private void Begin(string name, RelaySetting relay)
    {
        _reports.Add(name, new RelayReport(name, RelayPhase.Asking, null, default, string.Empty));
        Context.Watch(Context.ActorOf(
            RelayActor.Props(relay, _desk, _clock, _random).WithDispatcher(Context.Props.Dispatcher), name));
    }

    /// <summary>Keeps what the engine tells for a child that does not know yet whom it is about.</summary>
    private void HandleChanged(RelayChanged changed)
    {
        if (changed.Change is { IsReserve: true } reserve)
        {
            HandleReserve(reserve);
            return;
        }

        _memory.Changes[changed.Change.Relay] = changed.Change;
        foreach (var child in Context.GetChildren())
        {
            child.Tell(changed);
        }
    }

    /// <summary>A mutual peer stands in for the relays of the configuration: no child looks after it.</summary>
    private void HandleReserve(RelayChange reserve)
    {
        if (reserve.State == RelayClientState.Leased)
        {
            _log.Info("no relay of the configuration works: peers reach this node over {0}", reserve.Relay);
            Context.Parent.Tell(WayFound.Instance);
        }
    }

    private void HandleReport(RelayReport report)
    {
        var before = _reports[report.Name];
        _reports[report.Name] = report;
        if (before.Relay is { } gone && gone != report.Relay)
        {
            _memory.Changes.Remove(gone);
            Context.Parent.Tell(new HoldTunnel(gone, IsHeld: false));
        }

        if (report.Relay is { } relay && report.Phase == RelayPhase.Leasing)
        {
            Context.Parent.Tell(new HoldTunnel(relay, IsHeld: true));
            if (_memory.Changes.TryGetValue(relay, out var change))
            {
                Sender.Tell(new RelayChanged(change));
            }
        }

        if (report.Phase == RelayPhase.Leased && before.Phase != RelayPhase.Leased)
        {
            Context.Parent.Tell(WayFound.Instance);
            _memory.Waiting.ForEach(waiting => waiting.Tell(RelayReady.Instance));
            _memory.Waiting.Clear();
        }
    }

    /// <summary>The first endpoint; actors' names take no brackets.</summary>
    private static string NameOf(RelaySetting relay) =>
        relay.Name.Replace("[", string.Empty, StringComparison.Ordinal).Replace("]", string.Empty, StringComparison.Ordinal);
}
