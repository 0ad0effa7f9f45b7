using System;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Remote.Transport;
using AkkaTransport = Akka.Remote.Transport.Transport;

namespace MeshActors.Transport.Remoting;

/// <summary>Carries Akka.Remote over the mesh's encrypted UDP tunnels; enabled by the HOCON section <c>akka.remote.mesh</c>.</summary>
/// <remarks>
/// An association is one stream of the tunnel to the node behind the peer's address. Several associations to a peer share
/// the tunnel, and so does the task plane; a tunnel that fails and comes back is not noticed by Akka.
/// </remarks>
public sealed class MeshTransport : AkkaTransport
{
    /// <summary>Scheme of the transport's addresses; Akka.Remote makes <c>akka.mesh</c> of it.</summary>
    public const string Scheme = "mesh";

    private readonly TimeSpan _flushWait;
    private readonly MeshTransportSettings _settings;
    private readonly MeshTransportSetup _setup;
    private MeshNode? _node;
    private Associations? _associations;
    private Task<bool>? _shutdown;

    /// <summary>Reads the settings; called by Akka.Remote.</summary>
    /// <param name="system">Whose remoting it is.</param>
    /// <param name="config">The section <c>akka.remote.mesh</c> as the user wrote it.</param>
    /// <exception cref="ConfigurationException">Settings are unknown or out of range; the message names all of them.</exception>
    public MeshTransport(ActorSystem system, Config config)
    {
        var akka = system.Settings.Config;
        _settings = MeshTransportSettings.FromConfig(
            config, akka.GetTimeSpan("akka.remote.handshake-timeout", TimeSpan.FromSeconds(15)));
        _flushWait = akka.GetTimeSpan("akka.remote.flush-wait-on-shutdown", TimeSpan.FromSeconds(2));
        _setup = system.Settings.Setup.Get<MeshTransportSetup>().GetOrElse(new MeshTransportSetup());
        System = system;
        Config = config.WithFallback(MeshTransportSettings.Defaults);
        SchemeIdentifier = Scheme;
        MaximumPayloadBytes = _settings.MaximumPayloadBytes;
    }

    /// <summary>Binds the socket and starts the node.</summary>
    /// <returns>The address peers reach this system by, and where Akka sets who is told of incoming associations.</returns>
    public override async Task<(Address, TaskCompletionSource<IAssociationEventListener>)> Listen()
    {
        var bind = await BindAddressAsync().ConfigureAwait(false);
        var credentials = NodeCredentials.Load(_settings, _setup, isLoopback: IPAddress.IsLoopback(bind.Address) && _settings.IsWebSocketLoopback);
        var node = MeshNode.Start((ExtendedActorSystem)System, _settings, credentials, bind);
        _node = node;
        MeshTunnels.For(System).Attach(node);

        var log = Logging.GetLogger(System, nameof(MeshTransport));
        var guard = _settings.AllowedManifests.IsEmpty
            ? null
            : new InboundGuard(new ManifestGuard(_settings.AllowedManifests), node.Clock, log);
        var listener = new TaskCompletionSource<IAssociationEventListener>(
            TaskCreationOptions.RunContinuationsAsynchronously);
        _associations = new Associations(
            _settings.IsNamedByMeshAddress
                ? new Address(Scheme, System.Name, node.Engine.Address.AkkaHost, node.Engine.Address.AkkaPort)
                : LocalAddressOf(node.Engine.LocalEndpoints[0].ToIPEndPoint()),
            listener.Task,
            new AssociationBounds(_settings.MaximumPayloadBytes, _settings.HighWaterMark, _settings.LargeMessages),
            node.Clock,
            log,
            guard);
        node.Listener.AcceptAssociations(_associations);
        return (_associations.LocalAddress, listener);
    }

    /// <summary>True for every address with a host and a port; Akka.Remote has looked at the scheme before.</summary>
    public override bool IsResponsibleFor(Address remote) => remote.Host is not null && remote.Port is not null;

    /// <summary>Opens an association: finds the node, opens its tunnel, greets it; ends by itself after <c>connect-timeout</c>.</summary>
    /// <param name="remoteAddress">Host and port of the node; the system's name is not checked.</param>
    public override async Task<AssociationHandle> Associate(Address remoteAddress)
    {
        if (_node is not { } node || _associations is not { } associations)
        {
            throw new InvalidAssociationException("The mesh transport is not running.");
        }

        using var deadline = new CancellationTokenSource(_settings.ConnectTimeout, node.Clock.Provider);
        try
        {
            var tunnel = await node.OpenAsync(remoteAddress, deadline.Token).ConfigureAwait(false);
            return await associations.DialAsync(tunnel, remoteAddress, deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException(
                $"No association with {remoteAddress} within {_settings.ConnectTimeout.TotalSeconds:0.###} s: nobody is "
                + "there, the way is blocked for UDP, it has no lease at a relay that this node uses, or it does not share this "
                + "node's fleet secret or pinned root.");
        }
    }

    /// <summary>Disassociates all, delivers what was accepted for up to Akka's <c>flush-wait-on-shutdown</c>, frees the socket.</summary>
    public override Task<bool> Shutdown()
    {
        var shutdown = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (Interlocked.CompareExchange(ref _shutdown, shutdown.Task, null) is { } begun)
        {
            return begun;
        }

        _ = ShutdownAsync(shutdown);
        return shutdown.Task;
    }

    private async Task ShutdownAsync(TaskCompletionSource<bool> outcome)
    {
        try
        {
            if (_associations is { } associations)
            {
                await associations.CloseAsync(_flushWait).ConfigureAwait(false);
            }

            if (_node is { } node)
            {
                await node.StopAsync().ConfigureAwait(false);
            }

            outcome.SetResult(true);
        }
#pragma warning disable CA1031 // Whoever waits for the shutdown is told.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            outcome.SetException(failure);
        }
    }

    private async Task<IPEndPoint> BindAddressAsync()
    {
        var host = _settings.BindHostname ?? _settings.Hostname;
        var addresses = await HostNames.ResolveAsync(host, CancellationToken.None).ConfigureAwait(false);
        return addresses.IsEmpty
            ? throw new ConfigurationException($"{MeshTransportSettings.Path}: the host name '{host}' cannot be resolved")
            : new IPEndPoint(addresses[0], _settings.BindPort ?? _settings.Port);
    }

    private Address LocalAddressOf(IPEndPoint bound)
    {
        var host = _settings.PublicHostname ?? _settings.Hostname;
        if (IPAddress.TryParse(host.Trim('[', ']'), out var ip) && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any)))
        {
            host = Dns.GetHostName();
        }

        var port = (_settings.PublicPort, _settings.Port) switch
        {
            ( > 0 and var told, _) => told,
            (_, > 0 and var configured) => configured,
            _ => bound.Port,
        };
        return new Address(Scheme, System.Name, HostNames.AkkaForm(host), port);
    }
}
