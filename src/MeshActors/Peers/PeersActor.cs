using System;
using System.Collections.Generic;
using System.Linq;
using Akka.Actor;
using MeshActors.Discovery;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Time;

namespace MeshActors.Peers;

/// <summary>The peer cache, <c>/user/mesh/peers</c>: answers who can do what, and has one child per peer remembered.</summary>
/// <remarks>A child that fails is restarted alone and begins with what its record says; the others and all answers stay.</remarks>
internal sealed class PeersActor : UntypedActor, IWithTimers
{
    private readonly PeerCacheSettings _settings;
    private readonly IActorRef _discovery;
    private readonly PeerTunnels _tunnels;
    private readonly Clock _clock;
    private readonly IRandomSource _random;
    private readonly PeerCache _cache;
    private readonly Dictionary<long, IActorRef> _askers = [];
    private readonly Dictionary<MeshAddress, IActorRef> _entries = [];
    private readonly Dictionary<MeshAddress, PeerTunnelChanged> _open = [];
    private IDisposable? _watch;
    private long _nextToken;

    public PeersActor(
        PeerCacheSettings settings,
        MeshAddress self,
        IActorRef discovery,
        PeerTunnels tunnels,
        Clock clock,
        IRandomSource random)
    {
        _settings = settings;
        _discovery = discovery;
        _tunnels = tunnels;
        _clock = clock;
        _random = random;
        _cache = new PeerCache(settings, self, random);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Makes the actor.</summary>
    /// <param name="settings">How long answers are used.</param>
    /// <param name="self">This node, which is never a candidate.</param>
    /// <param name="discovery">A <see cref="DiscoveryActor"/>.</param>
    /// <param name="tunnels">The node's tunnels.</param>
    /// <param name="clock">Time.</param>
    /// <param name="random">Chance.</param>
    public static Props Props(
        PeerCacheSettings settings,
        MeshAddress self,
        IActorRef discovery,
        PeerTunnels tunnels,
        Clock clock,
        IRandomSource random) =>
        Akka.Actor.Props.Create(() => new PeersActor(settings, self, discovery, tunnels, clock, random));

    protected override void PreStart()
    {
        var self = Self;
        _watch = _tunnels.Watch(change => self.Tell(change));
    }

    protected override void PostStop() => _watch?.Dispose();

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Restart);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case CandidatesRequested request:
                var token = _nextToken++;
                _askers.Add(token, Sender);
                _cache.Ask(
                    token, new RecordQuestion(request.Capability, request.Filter), request.Exclude, _clock.Now);
                break;
            case RecordsFound found:
                _cache.HandleFound(found, _clock.Now);
                break;
            case PeerTaskSent sent:
                _cache.HandleSent(sent.Peer);
                break;
            case PeerTaskEnded ended:
                _cache.HandleEnded(ended.Peer, ended.Refused, _clock.Now);
                break;
            case PeerHealth health:
                _cache.HandleHealth(health);
                break;
            case PeerTunnelChanged change:
                HandleTunnel(change);
                break;
            case PeerEntryActor.Started started:
                if (_open.TryGetValue(started.Peer, out var open))
                {
                    Sender.Tell(open);
                }

                break;
            case PeersStatusRequested:
                Sender.Tell(Describe());
                break;
            case TimeoutDue:
                _cache.HandleTimeout(_clock.Now);
                break;
            default:
                Unhandled(message);
                return;
        }

        Drive();
    }

    private void HandleTunnel(PeerTunnelChanged change)
    {
        if (change.RoundTrip is null)
        {
            _open.Remove(change.Peer);
        }
        else
        {
            _open[change.Peer] = change;
        }

        if (_entries.TryGetValue(change.Peer, out var entry))
        {
            entry.Tell(change);
        }
    }

    private PeersStatus Describe() => new(
    [
        .. _cache.Peers.Select(peer => new PeerStatus(
            peer.Peer.Address, peer.Health.Latency, peer.Running, peer.Health.Reachable, peer.Health.Freshness)),
    ]);

    /// <summary>Does what the machine asks for, until it asks for nothing more.</summary>
    private void Drive()
    {
        while (_cache.PollEvent(out var happened))
        {
            switch (happened)
            {
                case QuestionDue due:
                    _discovery.Tell(new FindRecords(due.Question));
                    break;
                case AnswerDue due when _askers.Remove(due.Token, out var asker):
                    asker.Tell(due.Answer);
                    break;
                case PeerNamed named:
                    HandleNamed(named);
                    break;
                case PeerDropped dropped when _entries.Remove(dropped.Peer, out var entry):
                    Context.Stop(entry);
                    break;
            }
        }

        if (_cache.NextTimeout is { } deadline)
        {
            var delay = deadline - _clock.Now;
            Timers.StartSingleTimer(
                TimeoutDue.Instance, TimeoutDue.Instance, delay > TimeSpan.Zero ? delay : TimeSpan.Zero);
        }
    }

    private void HandleNamed(PeerNamed named)
    {
        if (_entries.TryGetValue(named.Peer.Address, out var entry))
        {
            entry.Tell(named);
            return;
        }

        // Until the actor of an earlier entry is gone its name is taken.
        var name = named.Peer.Address.ToString();
        entry = Context.ActorOf(
            PeerEntryActor.Props(named.Peer, _settings.Lifetime, _tunnels, _clock, _random),
            Context.Child(name).IsNobody() ? name : $"{name}-{_nextToken++}");
        _entries.Add(named.Peer.Address, entry);
    }

    private sealed record TimeoutDue
    {
        public static readonly TimeoutDue Instance = new();
    }
}
