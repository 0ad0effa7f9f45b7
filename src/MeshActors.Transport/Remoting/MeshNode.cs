using System;
using System.Linq;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using Akka.Actor;
using Akka.Event;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Io;
using MeshActors.Transport.Relay;
using MeshActors.Transport.Sockets;
using MeshActors.Transport.Time;
using MeshActors.Transport.Tunnels;

namespace MeshActors.Transport.Remoting;

/// <summary>The running node behind one transport: its engine, and the actors that own the engine's tunnels.</summary>
internal sealed class MeshNode
{
    /// <summary>Tunnels the engine takes beyond the actors' bound, until those have closed an idle one for each.</summary>
    private const int TunnelsInExcess = 16;

    /// <summary>What the engine waits for the actors beyond their own deadline, before it ends a failed tunnel itself.</summary>
    private static readonly TimeSpan AbandonAllowance = TimeSpan.FromSeconds(30);

    private readonly IActorRef _transport;
    private readonly NodeCredentials _credentials;
    private readonly TimeSpan _connectTimeout;

    private MeshNode(
        ExtendedActorSystem system, MeshTransportSettings settings, NodeCredentials credentials, IPEndPoint bind)
    {
        _credentials = credentials;
        _connectTimeout = settings.ConnectTimeout;
        _transport = system.SystemActorOf(
            MeshTransportActor.Props(
                TunnelsActor.Props(
                    open => ControlOf(Engine!.Open(open.Peer, open.Early)),
                    new TunnelsSettings(settings.MaxTunnels, settings.Supervision),
                    Clock,
                    Random),
                RelaysActor.Props(new RelayDesk(() => Engine!, credentials.Trust, Clock), Clock, Random),
                NatActor.Props()),
            MeshTransportActor.Name);
        var log = Logging.GetLogger(system, nameof(MeshTransport));
        Listener = new EngineListener(_transport, ControlOf, log);
        try
        {
            Engine = StartEngine(settings, bind);
        }
        catch
        {
            system.Stop(_transport);
            throw;
        }

        if (Engine.Sockets.Fallback.Length > 0)
        {
            log.Info("mesh transport: one system call for each datagram, because {0}", Engine.Sockets.Fallback);
        }

        if (!settings.RelayFallback)
        {
            log.Warning(
                "{0}.relay-fallback is off: relays carry nothing but what finds direct paths, and peers with which none is found are out of reach",
                MeshTransportSettings.Path);
        }

        _transport.Tell(new UseRelays(settings.Relays));
        var overRelays = settings.Relays.IsEmpty ? null : new RelayResolver(Engine, credentials.Trust, _transport, Clock);
        Finder = new PeerFinder(Engine, credentials.Trust, credentials.Resolver ?? overRelays);
    }

    public MeshEngine Engine { get; }

    public EngineListener Listener { get; }

    public PeerFinder Finder { get; }

    public Clock Clock => _credentials.Clock;

    public IRandomSource Random => _credentials.Random;

    /// <summary>Binds the socket and starts everything.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The endpoint is taken or is none of this machine's.</exception>
    public static MeshNode Start(
        ExtendedActorSystem system, MeshTransportSettings settings, NodeCredentials credentials, IPEndPoint bind) =>
        new(system, settings, credentials, bind);

    /// <summary>The open tunnel to a peer, by its actor.</summary>
    /// <param name="peer">Whom to reach.</param>
    /// <param name="timeout">How long to wait for the session.</param>
    /// <param name="early">What goes with a new tunnel's first message; null for nothing.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="TunnelException">There is none; says why.</exception>
    public async Task<MeshTunnel> OpenAsync(
        PeerRecord peer, TimeSpan timeout, EarlyRequest? early = null, CancellationToken cancellation = default)
    {
        object answer;
        try
        {
            answer = await _transport.Ask<object>(new OpenTunnel(peer, early), timeout, cancellation).ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            throw Late(peer, timeout);
        }

        return answer switch
        {
            TunnelReady ready => ready.Control.Tunnel,
            TunnelRefused refused => throw new TunnelException(refused.Code, $"no tunnel to {peer.Address}: {refused.Reason}"),
            _ => throw new TunnelException(TunnelErrorCode.Closed, "the transport is shut down"),
        };
    }

    /// <summary>What the engine is told.</summary>
    internal static EngineSettings EngineSettingsOf(MeshTransportSettings settings, IPEndPoint bind) => new([bind], new TunnelSettings
    {
        HandshakeTimeout = settings.HandshakeTimeout,
        KeepAliveInterval = settings.KeepAliveInterval,
        AbandonTimeout = settings.Supervision.ReconnectTimeout + AbandonAllowance,
        MaxTunnels = settings.MaxTunnels + TunnelsInExcess,
        RelayFallback = settings.RelayFallback,
        Punching = new() { IsEnabled = settings.Nat.Punching },
    })
    {
        Relaying = settings.IsRelay ? new RelaySettings() : null,
        RelayWebSocketBind = settings.RelayWebSocketBind,
        PortMapping = settings.Nat.PortMapping,
    };

    private MeshEngine StartEngine(MeshTransportSettings settings, IPEndPoint bind)
    {
        var engine = EngineSettingsOf(settings, bind);
        var bound = NodeSockets.Bind(engine.Sockets, engine.Binds);
        return MeshEngine.StartOn(
            _credentials.OverSockets?.Invoke(bound) ?? bound, engine, _credentials.Identity, _credentials.Trust, Clock, Random, Listener);
    }

    private TunnelException Late(PeerRecord peer, TimeSpan timeout) =>
        Engine.Snapshot().Any(tunnel => tunnel.IsHeld && tunnel.Peer.Root == peer.Root)
            ? new TunnelException(
                TunnelErrorCode.NoDirectPathYet,
                $"no direct path to {peer.Address} within {timeout}, and no relay may carry what is sent")
            : new TunnelException(TunnelErrorCode.Unreachable, $"no session with {peer.Address} within {timeout}");

    /// <summary>The open tunnel to whoever answers at an Akka address.</summary>
    public async Task<MeshTunnel> OpenAsync(Address address, CancellationToken cancellation) =>
        await OpenAsync(
            await Finder.FindAsync(address, cancellation).ConfigureAwait(false), _connectTimeout, cancellation: cancellation)
            .ConfigureAwait(false);

    /// <summary>The open tunnel to whoever answers at an endpoint.</summary>
    public async Task<MeshTunnel> OpenAsync(UdpEndpoint endpoint, RootKey? root, TimeSpan timeout)
    {
        using var deadline = new CancellationTokenSource(timeout, Clock.Provider);
        try
        {
            var peer = await Finder.AskAsync([endpoint], root, deadline.Token).ConfigureAwait(false);
            return await OpenAsync(peer, timeout, cancellation: deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            throw new TunnelException(TunnelErrorCode.Unreachable, $"no answer from {endpoint} within {timeout}");
        }
    }

    /// <summary>Closes all tunnels and frees the socket.</summary>
    public async Task StopAsync()
    {
        await Engine.DisposeAsync().ConfigureAwait(false);
        _credentials.Dispose();
    }

    private EngineTunnelControl ControlOf(MeshTunnel tunnel) => new(Engine, tunnel);
}
