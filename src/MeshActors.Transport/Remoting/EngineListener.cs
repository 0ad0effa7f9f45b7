using System;
using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;
using MeshActors.Transport.Io;
using MeshActors.Transport.Paths;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Switching;
using MeshActors.Transport.Tunnels;

namespace MeshActors.Transport.Remoting;

/// <summary>Takes what the driver loop tells: what concerns tunnels and relays goes to their actors as messages, streams to who handles their lane.</summary>
internal sealed class EngineListener : IEngineHandler
{
    private readonly IActorRef _transport;
    private readonly Func<MeshTunnel, ITunnelControl> _controlOf;
    private readonly ILoggingAdapter _log;
    private ImmutableArray<Action<TunnelChange>> _observers = [];
    private volatile Associations? _associations;
    private volatile Func<MeshStream, IStreamHandler?>? _streamAcceptor;

    /// <param name="transport">The actor above those of tunnels and relays.</param>
    /// <param name="controlOf">What that actor gets to see of a tunnel.</param>
    /// <param name="log">For faults.</param>
    public EngineListener(IActorRef transport, Func<MeshTunnel, ITunnelControl> controlOf, ILoggingAdapter log)
    {
        _transport = transport;
        _controlOf = controlOf;
        _log = log;
    }

    /// <summary>Who takes streams of the association lane and the control lane; before it is set they are refused.</summary>
    public void AcceptAssociations(Associations associations) => _associations = associations;

    /// <summary>Who takes streams of the streams lane; before it is set they are refused.</summary>
    public void AcceptStreams(Func<MeshStream, IStreamHandler?> acceptor) => _streamAcceptor = acceptor;

    /// <summary>Tells an observer of all changes, on the driver loop, until the subscription is disposed.</summary>
    public IDisposable Watch(Action<TunnelChange> observer)
    {
        ImmutableInterlocked.Update(ref _observers, static (all, added) => all.Add(added), observer);
        return new Subscription(this, observer);
    }

    public void OnTunnelOpened(MeshTunnel tunnel)
    {
        _transport.Tell(new TunnelOpened(_controlOf(tunnel)));
        Tell(new TunnelChange(TunnelChangeKind.Opened, tunnel));
    }

    public void OnTunnelFailed(MeshTunnel tunnel, TunnelFailure failure)
    {
        _transport.Tell(new TunnelFailed(_controlOf(tunnel), failure));
        Tell(new TunnelChange(TunnelChangeKind.Failed, tunnel));
    }

    public void OnTunnelClosed(MeshTunnel tunnel, TunnelCloseReason reason)
    {
        _transport.Tell(new TunnelClosed(_controlOf(tunnel), reason));
        Tell(new TunnelChange(TunnelChangeKind.Closed, tunnel));
    }

    public void OnRelayChanged(RelayChange change) => _transport.Tell(new RelayChanged(change));

    public void OnPlaceChanged(LocalCandidates candidates) => _transport.Tell(new PlaceChanged(candidates));

    public IStreamHandler? OnStreamAccepted(MeshStream stream) => stream.Lane switch
    {
        StreamLane.Association => _associations?.Accept(stream),
        StreamLane.Control => _associations?.AcceptCompanion(stream),
        StreamLane.Streams => _streamAcceptor?.Invoke(stream),
        _ => null,
    };

    public void OnFault(string where, Exception fault) => _log.Error(fault, "mesh transport: {0} failed", where);

    private void Tell(TunnelChange change)
    {
        foreach (var observer in _observers)
        {
            observer(change);
        }
    }

    private sealed class Subscription : IDisposable
    {
        private readonly EngineListener _listener;
        private readonly Action<TunnelChange> _observer;

        public Subscription(EngineListener listener, Action<TunnelChange> observer)
        {
            _listener = listener;
            _observer = observer;
        }

        public void Dispose() =>
            ImmutableInterlocked.Update(ref _listener._observers, static (all, removed) => all.Remove(removed), _observer);
    }
}
