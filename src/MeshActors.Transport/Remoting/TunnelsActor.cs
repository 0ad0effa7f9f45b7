using System;
using System.Collections.Generic;
using Akka.Actor;
using Akka.Event;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Time;
using MeshActors.Transport.Tunnels;

namespace MeshActors.Transport.Remoting;

/// <summary>Supervises the tunnels of a node, one child per peer, named by the peer's address.</summary>
/// <remarks>
/// A child that fails with its tunnel is restarted, at most <see cref="MaxRestarts"/> times in <see cref="RestartWindow"/>;
/// the other children do not notice. A root key has one tunnel, an address one root key: a second root at an address is
/// refused. A peer that answers at another's endpoint has taken its place, as a restarted process with an identity in
/// memory does: the older tunnel is closed at once. At the bound the longest unused tunnel without streams is closed,
/// and when all have streams the further one is refused.
/// </remarks>
internal sealed class TunnelsActor : UntypedActor
{
    /// <summary>Restarts of one tunnel's actor in <see cref="RestartWindow"/>; one more and it is stopped.</summary>
    public const int MaxRestarts = 30;

    private const int MaxHeld = 1_000;

    /// <summary>Of restarts; twice a reconnect timeout of 10 s holds about 20 attempts with the default delays.</summary>
    public static readonly TimeSpan RestartWindow = TimeSpan.FromMinutes(1);

    private readonly Func<OpenTunnel, ITunnelControl> _open;
    private readonly TunnelsSettings _settings;
    private readonly Clock _clock;
    private readonly IRandomSource _random;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<MeshAddress, TunnelChild> _children = [];
    private readonly HashSet<MeshAddress> _held = [];

    public TunnelsActor(
        Func<OpenTunnel, ITunnelControl> open, TunnelsSettings settings, Clock clock, IRandomSource random)
    {
        _open = open;
        _settings = settings;
        _clock = clock;
        _random = random;
    }

    /// <param name="open">Begins a tunnel to a peer, and what goes with its first message.</param>
    /// <param name="settings">How many, and how they are supervised.</param>
    /// <param name="clock">Of all deadlines.</param>
    /// <param name="random">Of the jitter between attempts.</param>
    public static Props Props(
        Func<OpenTunnel, ITunnelControl> open, TunnelsSettings settings, Clock clock, IRandomSource random) =>
        Akka.Actor.Props.Create(() => new TunnelsActor(open, settings, clock, random));

    protected override SupervisorStrategy SupervisorStrategy() =>
        new OneForOneStrategy(MaxRestarts, (int)RestartWindow.TotalMilliseconds, Decide, loggingEnabled: false);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case OpenTunnel open:
                HandleOpen(open);
                break;
            case TunnelOpened opened:
                HandleOpened(opened);
                break;
            case TunnelFailed failed:
                Find(failed.Control)?.Actor.Tell(failed);
                break;
            case TunnelClosed closed when Find(closed.Control) is { } child:
                child.Actor.Tell(closed);
                child.IsEnding = true;
                break;
            case TunnelClosed:
                break;
            case TunnelEnded:
                HandleEnded(Sender);
                break;
            case WayFound:
                TellAll(WayFound.Instance);
                break;
            case HoldTunnel hold:
                HandleHold(hold);
                break;
            case Terminated terminated:
                HandleTerminated(terminated.ActorRef);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private Directive Decide(Exception cause)
    {
        if (cause is TunnelFailedException)
        {
            return Directive.Restart;
        }

        _log.Error(cause, "a tunnel's actor failed and is stopped, its tunnel is closed");
        return Directive.Stop;
    }

    private void HandleOpen(OpenTunnel open)
    {
        if (_children.TryGetValue(open.Peer.Address, out var child))
        {
            if (child.IsEnding)
            {
                HoldFor(child, open);
            }
            else if (child.Control.Peer.Root != open.Peer.Root)
            {
                Sender.Tell(new TunnelRefused(
                    TunnelErrorCode.CertificateRefused,
                    $"another root key holds the address {open.Peer.Address} in an open tunnel"));
            }
            else
            {
                child.LastUsed = _clock.Now;
                child.Actor.Forward(open);
            }

            return;
        }

        if (!TryMakeRoom())
        {
            Sender.Tell(new TunnelRefused(
                TunnelErrorCode.TooManyTunnels, $"{_settings.MaxTunnels} tunnels are open and none is idle"));
            return;
        }

        Add(_open(open)).Actor.Forward(open);
    }

    private void HandleOpened(TunnelOpened opened)
    {
        CloseReplaced(opened.Control);
        if (_children.TryGetValue(opened.Control.Peer.Address, out var child))
        {
            if (child.Control.Equals(opened.Control) && !child.IsEnding)
            {
                child.LastUsed = _clock.Now;
                child.Actor.Tell(opened);
            }
            else if (child.Control.Peer.Root == opened.Control.Peer.Root)
            {
                End(child, "the peer has opened another");
                HoldFor(child, opened);
            }
            else
            {
                opened.Control.Close(TunnelCloseCode.NotNeeded, "another root key holds the address in an open tunnel");
            }

            return;
        }

        if (!TryMakeRoom())
        {
            opened.Control.Close(TunnelCloseCode.TooManyTunnels, "the node has as many tunnels as it may");
            return;
        }

        Add(opened.Control).Actor.Tell(opened);
    }

    private void TellAll(object message)
    {
        foreach (var child in _children.Values)
        {
            if (!child.IsEnding)
            {
                child.Actor.Tell(message);
            }
        }
    }

    private void HandleHold(HoldTunnel hold)
    {
        if (hold.IsHeld)
        {
            _held.Add(hold.Relay);
        }
        else
        {
            _held.Remove(hold.Relay);
        }
    }

    /// <summary>Closes tunnels of other root keys to the endpoint at which this one was proven.</summary>
    private void CloseReplaced(ITunnelControl newer)
    {
        if (newer.Endpoint is not { } endpoint)
        {
            return;
        }

        foreach (var child in _children.Values)
        {
            if (!child.IsEnding && child.Control.Endpoint == endpoint && child.Control.Peer.Root != newer.Peer.Root)
            {
                _log.Info("{0} answers where {1} did, whose tunnel is closed", newer.Peer.Address, child.Control.Peer.Address);
                End(child, "another node answers at its endpoint");
            }
        }
    }

    /// <summary>Makes sure that there is room for one tunnel more.</summary>
    /// <returns>False when there are as many as there may be and all are in use.</returns>
    private bool TryMakeRoom()
    {
        var live = 0;
        TunnelChild? idle = null;
        foreach (var child in _children.Values)
        {
            if (child.IsEnding)
            {
                continue;
            }

            live++;
            if (child.Control.IsIdle && !_held.Contains(child.Control.Peer.Address) && (idle is null || child.LastUsed < idle.LastUsed))
            {
                idle = child;
            }
        }

        if (live < _settings.MaxTunnels)
        {
            return true;
        }

        if (idle is null)
        {
            return false;
        }

        _log.Debug("idle tunnel to {0} makes room for another", idle.Control.Peer.Address);
        End(idle, "idle, and room was needed");
        return true;
    }

    private TunnelChild Add(ITunnelControl control)
    {
        var supervision = new TunnelSupervision(_settings.Supervision, _random);
        var actor = Context.ActorOf(
            TunnelActor.Props(control, supervision, _clock).WithDispatcher(Context.Props.Dispatcher),
            NameOf(control.Peer.Address));
        Context.Watch(actor);
        var child = new TunnelChild(actor, control) { LastUsed = _clock.Now };
        _children.Add(control.Peer.Address, child);
        return child;
    }

    private TunnelChild? Find(ITunnelControl control) =>
        _children.TryGetValue(control.Peer.Address, out var child) && child.Control.Equals(control) && !child.IsEnding
            ? child
            : null;

    private static string NameOf(MeshAddress address) => $"{address.Realm}:{address.AkkaHost}";

    /// <summary>Has a child refuse whoever waits for it, and close its tunnel.</summary>
    private static void End(TunnelChild child, string reason)
    {
        child.IsEnding = true;
        child.Actor.Tell(new TunnelClosed(
            child.Control, new TunnelCloseReason(TunnelCloseCause.ClosedHere, TunnelCloseCode.NotNeeded, reason)));
    }

    /// <summary>Stops a child behind the messages it has, so that whoever waited is told.</summary>
    private void HandleEnded(IActorRef actor)
    {
        foreach (var child in _children.Values)
        {
            if (child.Actor.Equals(actor))
            {
                child.IsEnding = true;
            }
        }

        actor.Tell(PoisonPill.Instance);
    }

    private void HandleTerminated(IActorRef actor)
    {
        foreach (var (address, child) in _children)
        {
            if (child.Actor.Equals(actor))
            {
                _children.Remove(address);
                child.Held.ForEach(held => Self.Tell(held.Message, held.Sender));
                return;
            }
        }
    }

    /// <summary>Keeps a message for the child that follows one on its way out.</summary>
    private void HoldFor(TunnelChild child, object message)
    {
        if (child.Held.Count < MaxHeld)
        {
            child.Held.Add((message, Sender));
        }
        else if (message is OpenTunnel)
        {
            Sender.Tell(new TunnelRefused(TunnelErrorCode.Unreachable, "too many wait for the tunnel"));
        }
    }
}
