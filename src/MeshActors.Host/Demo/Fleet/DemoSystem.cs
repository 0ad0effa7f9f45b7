using System;
using System.IO;
using System.Net;
using Akka.Actor;
using Akka.Configuration;
using MeshActors.Hosting;

namespace MeshActors.Host.Demo.Fleet;

/// <summary>Makes the ActorSystem of a node of the demo: on loopback, in the demo's fleet.</summary>
internal static class DemoSystem
{
    private const string IdentityFile = "identity";

    /// <summary>A worker with nothing to say notices so soon that the backbone is away.</summary>
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(1);

    /// <summary>Nothing is printed but warnings; the process ends the system itself.</summary>
    private static readonly Config Quiet = ConfigurationFactory.ParseString(
        """
        akka {
          loglevel = WARNING
          stdout-loglevel = WARNING
          log-dead-letters = off
          log-dead-letters-during-shutdown = off
          coordinated-shutdown.run-by-clr-shutdown-hook = off
        }
        """);

    /// <summary>The same for the process that shows the demo: what happens to its fleet is on purpose.</summary>
    private static readonly Config Silent = ConfigurationFactory.ParseString(
        """
        akka {
          loglevel = OFF
          stdout-loglevel = OFF
        }
        """).WithFallback(Quiet);

    /// <summary>Starts it; its node is up when this returns.</summary>
    /// <param name="spec">What it is to be.</param>
    /// <param name="silent">Nothing is printed at all.</param>
    public static ActorSystem Start(NodeSpec spec, bool silent = false)
    {
        var setup = MeshSetup.Create(options => Fill(options, spec));
        var bootstrap = setup.Get<BootstrapSetup>().Value;
        var config = (silent ? Silent : Quiet).WithFallback(bootstrap.Config.Value);
        var system = ActorSystem.Create("demo", setup.And(bootstrap.WithConfig(config)));
        MeshExtension.For(system);
        return system;
    }

    private static void Fill(MeshOptions options, NodeSpec spec)
    {
        Directory.CreateDirectory(spec.IdentityDirectory);
        options.Hostname = IPAddress.Loopback.ToString();
        options.Port = spec.Port;
        options.IdentityPath = Path.Combine(spec.IdentityDirectory, IdentityFile);
        options.FleetSecretFile = spec.FleetSecretFile;
        options.IsBackbone = spec.IsBackbone;
        options.IsRelay = spec.IsRelay;
        options.KeepAliveInterval = KeepAlive;
        if (spec.Backbone is { } backbone)
        {
            options.Backbones.Add(new MeshBackbone("demo", [backbone.Endpoint], backbone.Root));
        }

        if (spec.Relay is { } relay)
        {
            options.Relays.Add(new MeshRelay([relay.Endpoint], relay.Root));
        }
    }
}
