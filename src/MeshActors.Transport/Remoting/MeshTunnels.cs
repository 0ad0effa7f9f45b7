using System;
using System.Collections.Immutable;
using System.Threading.Tasks;
using Akka.Actor;
using Akka.Configuration;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Io;
using MeshActors.Transport.Time;
using MeshActors.Transport.Tunnels;

namespace MeshActors.Transport.Remoting;

/// <summary>The node's tunnels, as all other parts of its ActorSystem reach them; there from the transport's start to its shutdown.</summary>
internal sealed class MeshTunnels : IExtension
{
    private volatile MeshNode? _node;

    public MeshAddress Address => Node.Engine.Address;

    public NodeIdentity Identity => Node.Engine.Identity;

    /// <summary>True from the transport's start to its shutdown, while its driver loop runs.</summary>
    public bool IsListening => _node is { Engine.IsRunning: true };

    /// <summary>As bound, port 0 resolved.</summary>
    public ImmutableArray<UdpEndpoint> LocalEndpoints => Node.Engine.LocalEndpoints;

    public Clock Clock => Node.Clock;

    public IRandomSource Random => Node.Random;

    public MeshEngine Engine => Node.Engine;

    private MeshNode Node => _node ?? throw new ConfigurationException(
        "This ActorSystem has no running mesh transport: akka.actor.provider must be remote or cluster, and "
        + $"akka.remote.enabled-transports must hold \"{MeshTransportSettings.Path}\".");

    /// <summary>The tunnels of an ActorSystem.</summary>
    public static MeshTunnels For(ActorSystem system) => system.WithExtension<MeshTunnels, Provider>();

    /// <summary>The tunnel to a peer, opened when there is none; complete when it has a session.</summary>
    /// <param name="peer">Whom to reach.</param>
    /// <param name="timeout">How long to wait.</param>
    /// <param name="early">What goes with a new tunnel's first message, half a round trip earlier than all else could; null for nothing.</param>
    /// <exception cref="TunnelException">There is none; the code says why.</exception>
    public Task<MeshTunnel> OpenAsync(PeerRecord peer, TimeSpan timeout, EarlyRequest? early = null) =>
        Node.OpenAsync(peer, timeout, early);

    /// <summary>The tunnel to whoever answers at an endpoint, which is asked for its certificate first.</summary>
    /// <param name="endpoint">Where to ask.</param>
    /// <param name="root">Who must answer; null takes any member of the fleet and any pinned root.</param>
    /// <param name="timeout">How long to wait.</param>
    /// <exception cref="TunnelException">There is none; the code says why.</exception>
    public Task<MeshTunnel> OpenAsync(UdpEndpoint endpoint, RootKey? root, TimeSpan timeout) =>
        Node.OpenAsync(endpoint, root, timeout);

    /// <summary>The relays where this node has leases now, home relay first.</summary>
    public Task<ImmutableArray<MeshAddress>> LeasesAsync() => Node.Engine.LeasesAsync();

    /// <summary>Sets who takes incoming streams of the streams lane; called on the driver loop, null refuses. Until it is set all are refused.</summary>
    public void AcceptStreams(Func<MeshStream, IStreamHandler?> acceptor) => Node.Listener.AcceptStreams(acceptor);

    /// <summary>All tunnels that have not ended, in no particular order.</summary>
    public ImmutableArray<MeshTunnel> Snapshot() => Node.Engine.Snapshot();

    /// <summary>Tells an observer when tunnels open, fail or close, on the driver loop: it must be quick.</summary>
    public IDisposable Watch(Action<TunnelChange> observer) => Node.Listener.Watch(observer);

    /// <summary>The transport has started.</summary>
    public void Attach(MeshNode node)
    {
        if (System.Threading.Interlocked.CompareExchange(ref _node, node, null) is not null)
        {
            throw new ConfigurationException(
                $"An ActorSystem has one mesh transport: {MeshTransportSettings.Path} is enabled twice.");
        }
    }

    private sealed class Provider : ExtensionIdProvider<MeshTunnels>
    {
        public override MeshTunnels CreateExtension(ExtendedActorSystem system) => new();
    }
}
