using System;
using Akka.Actor;
using Akka.Event;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Time;

namespace MeshActors.Peers;

/// <summary>One peer in the cache, <c>/user/mesh/peers/&lt;address&gt;</c>: tells its parent how long it counts, how far it is, and whether it can be reached.</summary>
internal sealed class PeerEntryActor : UntypedActor, IWithTimers
{
    /// <summary>How long a probe may take: a handshake timeout and a little.</summary>
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(6);

    private readonly PeerTunnels _tunnels;
    private readonly Clock _clock;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly PeerEntry _entry;
    private PeerRecord _peer;
    private Func<TimeSpan>? _roundTrip;
    private PeerHealth? _told;

    public PeerEntryActor(
        PeerRecord peer, TimeSpan lifetime, PeerTunnels tunnels, Clock clock, IRandomSource random)
    {
        _peer = peer;
        _tunnels = tunnels;
        _clock = clock;
        _entry = new PeerEntry(lifetime, random, clock.Now);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(
        PeerRecord peer, TimeSpan lifetime, PeerTunnels tunnels, Clock clock, IRandomSource random) =>
        Akka.Actor.Props.Create(() => new PeerEntryActor(peer, lifetime, tunnels, clock, random));

    protected override void PreStart()
    {
        Context.Parent.Tell(new Started(_peer.Address));
        Drive();
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case PeerNamed named:
                _peer = named.Peer;
                _entry.HandleNamed(_clock.Now);
                break;
            case PeerTunnelChanged { RoundTrip: { } roundTrip }:
                _roundTrip = roundTrip;
                _entry.HandleTunnelOpened(_clock.Now);
                _entry.HandleTimeout(_clock.Now);
                break;
            case PeerTunnelChanged:
                _roundTrip = null;
                _entry.HandleTunnelLost(_clock.Now);
                break;
            case Probed probed:
                _log.Debug("Probe of {0}: {1}", _peer.Address, probed.RoundTrip is null ? "not reached" : "reached");
                _entry.HandleProbed(probed.RoundTrip is not null, _clock.Now);
                break;
            case TimeoutDue:
                _entry.HandleTimeout(_clock.Now);
                break;
            default:
                Unhandled(message);
                return;
        }

        Drive();
    }

    /// <summary>Does what the machine asks for, until it asks for nothing more.</summary>
    private void Drive()
    {
        if (_entry.PollSample())
        {
            _entry.HandleSample(_roundTrip?.Invoke() ?? TimeSpan.Zero, _clock.Now);
        }

        if (_entry.PollProbe())
        {
            _tunnels.Probe(_peer, ProbeTimeout).PipeTo(
                Self, success: roundTrip => new Probed(roundTrip), failure: _ => new Probed(null));
        }

        var health = new PeerHealth(_peer.Address, _entry.Latency, _entry.Reachable, _entry.Freshness);
        if (health != _told)
        {
            _told = health;
            Context.Parent.Tell(health);
        }

        if (_entry.NextTimeout is { } deadline)
        {
            var delay = deadline - _clock.Now;
            Timers.StartSingleTimer(
                TimeoutDue.Instance, TimeoutDue.Instance, delay > TimeSpan.Zero ? delay : TimeSpan.Zero);
        }
    }

    /// <summary>The entry begins, for the first time or again, and knows of no tunnel.</summary>
    internal sealed record Started(MeshAddress Peer);

    private sealed record Probed(TimeSpan? RoundTrip);

    private sealed record TimeoutDue
    {
        public static readonly TimeoutDue Instance = new();
    }
}
