using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;
using Akka;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Hosting.Logging;
using MeshActors.Clusters;
using MeshActors.Host.Cli;
using MeshActors.Hosting;
using MeshActors.Tasks;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Io;
using MeshActors.Transport.Remoting;
using MeshActors.Transport.Tunnels;
using Microsoft.Extensions.Logging;

namespace MeshActors.Host.Roles;

/// <summary>One ActorSystem that is a node of the mesh: the agents' one, or the backbone's beside it.</summary>
internal sealed class MeshSystem
{
    /// <summary>Tasks that take longer are given up at a stop: service supervisors kill after 90 s.</summary>
    private static readonly TimeSpan LongestDrain = TimeSpan.FromSeconds(30);

    private readonly MeshTunnels _tunnels;

    private MeshSystem(ActorSystem system)
    {
        System = system;
        _tunnels = MeshTunnels.For(system);
        Extension = MeshExtension.For(system);
        CoordinatedShutdown.Get(system).AddTask(CoordinatedShutdown.PhaseBeforeServiceUnbind, "drain-tasks", DrainAsync);
    }

    public ActorSystem System { get; }

    public MeshExtension Extension { get; }

    public MeshAddress Address => _tunnels.Address;

    public RootKey Root => _tunnels.Identity.Root;

    /// <summary>As bound, port 0 resolved.</summary>
    public ImmutableArray<UdpEndpoint> Endpoints => _tunnels.LocalEndpoints;

    /// <summary>Where a relay takes connections, port 0 resolved; null where it does not.</summary>
    public IPEndPoint? WebSocketEndpoint => _tunnels.Engine.WebSocketEndpoint;

    /// <summary>What the tunnels have carried, by the kind of way.</summary>
    public TrafficBytes Traffic => _tunnels.Engine.Traffic.Bytes;

    /// <summary>The relays where peers reach this node, home relay first.</summary>
    public Task<ImmutableArray<MeshAddress>> LeasesAsync() => _tunnels.LeasesAsync();

    /// <summary>Peers that relays carry or have carried, most bytes first.</summary>
    public ImmutableArray<RelayedPeer> RelayedPeers => RelayedPeer.AllOf(_tunnels.Engine);

    public int Tunnels => _tunnels.Snapshot().Length;

    /// <summary>Binds the socket and starts the actors.</summary>
    /// <param name="name">Of the ActorSystem.</param>
    /// <param name="configure">The node's options.</param>
    /// <param name="akka">The user's section, or empty.</param>
    /// <param name="log">Takes what the actors log.</param>
    /// <exception cref="CommandFailure">The port is taken, or Akka refuses the configuration.</exception>
    public static async Task<MeshSystem> StartAsync(
        string name, Action<MeshOptions> configure, string akka, ILoggerFactory log)
    {
        ActorSystem? system = null;
        try
        {
            var setup = MeshSetup.Create(configure);
            system = ActorSystem.Create(name, setup.And(WithSettings(setup, akka, log)).And(new LoggerFactorySetup(log)));
            return new MeshSystem(system);
        }
#pragma warning disable CA1031 // Akka wraps what went wrong in layers of its own; Explain looks through them.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            if (system is not null)
            {
                await system.Terminate().ConfigureAwait(false);
            }

            throw Explain(name, exception);
        }
    }

    /// <summary>Runs the coordinated shutdown: tasks under way end, further ones go elsewhere, tunnels flush and close.</summary>
    public Task StopAsync() => CoordinatedShutdown.Get(System).Run(CoordinatedShutdown.ActorSystemTerminateReason.Instance);

    private static BootstrapSetup WithSettings(ActorSystemSetup setup, string akka, ILoggerFactory log)
    {
        var bootstrap = setup.Get<BootstrapSetup>().Value;
        var level = log.CreateLogger("MeshActors").IsEnabled(LogLevel.Debug) ? "DEBUG" : "INFO";
        var config = ConfigurationFactory.ParseString(
            $$"""
            akka {
              loggers = ["MeshActors.Host.Roles.AkkaLogActor, meshactors"]
              stdout-logger-class = "MeshActors.Host.Roles.SilentLogger, meshactors"
              loglevel = {{level}}
              log-dead-letters = off
              coordinated-shutdown {
                exit-clr = off
                run-by-clr-shutdown-hook = off
                phases.before-service-unbind.timeout = {{LongestDrain.TotalSeconds}} s
              }
            }
            """).WithFallback(bootstrap.Config.Value);
        var whole = akka.Length == 0 ? config : ConfigurationFactory.ParseString(akka).WithFallback(config);
        var options = setup.Get<MeshSetup>().Value.Options;
        return bootstrap.WithConfig(
            options.Cluster is { } cluster ? ClusterHocon.Write(cluster, options.Region).WithFallback(whole) : whole);
    }

    private async Task<Done> DrainAsync()
    {
        await Extension.Root.Ask<TasksActor.Drained>(TasksActor.Drain.Instance, LongestDrain).ConfigureAwait(false);
        return Done.Instance;
    }

    private static CommandFailure Explain(string name, Exception exception)
    {
        var layers = Layers(exception);
        if (layers.OfType<CommandFailure>().FirstOrDefault() is { } failure)
        {
            return failure;
        }

        if (layers.OfType<SocketException>().FirstOrDefault() is { } socket)
        {
            return new CommandFailure(
                ErrorCodes.AddressInUse,
                $"A socket of {name} cannot be bound: {socket.Message}.",
                "Set mesh.networking.bind, mesh.backbone.bind, mesh.relay.bind or mesh.relay.websocket-bind to a free port of this machine, or to port 0.",
                inner: exception);
        }

        var innermost = layers[^1];
        return new CommandFailure(
            ErrorCodes.Configuration, $"{name} cannot start: {innermost.Message}", "Correct the configuration.", inner: exception);
    }

    /// <summary>The exception and all below it, the innermost last.</summary>
    private static List<Exception> Layers(Exception exception)
    {
        var inner = exception is AggregateException aggregate ? aggregate.InnerExceptions
            : exception.InnerException is { } one ? [one]
            : (IEnumerable<Exception>)[];
        return [exception, .. inner.SelectMany(Layers)];
    }
}
