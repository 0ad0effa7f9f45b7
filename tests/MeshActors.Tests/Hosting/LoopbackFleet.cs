using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using Akka.Actor;
using MeshActors.Agents;
using MeshActors.Hosting;
using MeshActors.Tasks;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Remoting;
using MeshActors.Transport.Sockets;
using MeshActors.Transport.Time;

namespace MeshActors.Tests.Hosting;

/// <summary>Nodes of one fleet on loopback, each an ActorSystem of its own with its own socket, and a backbone they register at.</summary>
internal sealed class LoopbackFleet : IAsyncDisposable
{
    private readonly FleetSecret _secret = FleetSecret.Generate(SystemRandomSource.Instance);
    private readonly List<Node> _nodes = [];

    private LoopbackFleet()
    {
    }

    public Node Backbone { get; private set; } = null!;

    public static LoopbackFleet Start()
    {
        var fleet = new LoopbackFleet();
        fleet.Backbone = fleet.Start("backbone", options => options.IsBackbone = true);
        return fleet;
    }

    /// <summary>Starts a node that registers at the backbone.</summary>
    public Node StartNode(
        Action<MeshOptions>? configure = null,
        Clock? clock = null,
        Func<IDatagramSockets, IDatagramSockets>? overSockets = null) => Start(
        "fleet",
        options =>
        {
            options.Backbones.Add(new MeshBackbone(
                "home", [Backbone.Tunnels.LocalEndpoints[0].ToString()], $"{Backbone.Keys.Identity.Root}"));
            configure?.Invoke(options);
        },
        new LoopbackKeys(_secret, clock, overSockets));

    /// <summary>The backbone comes back as another process would: same identity, same port, empty directory.</summary>
    public void RestartBackbone()
    {
        var port = Backbone.Tunnels.LocalEndpoints[0].Port;
        Backbone = Start(
            "backbone",
            options =>
            {
                options.IsBackbone = true;
                options.Port = port;
            },
            Backbone.Keys);
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_nodes.Select(node => node.StopAsync()));
        _nodes.ForEach(node => node.Keys.Dispose());
        _secret.Dispose();
    }

    private Node Start(string name, Action<MeshOptions> configure, LoopbackKeys? keys = null)
    {
        keys ??= new LoopbackKeys(_secret);
        var setup = MeshSetup.Create(options =>
        {
            options.Transport = keys.Setup;
            configure(options);
        });
        var quiet = BootstrapSetup.Create().WithConfig(setup.Get<BootstrapSetup>().Value.Config.Value.WithFallback(
            "akka { loglevel = WARNING, log-dead-letters = off, coordinated-shutdown.run-by-clr-shutdown-hook = off }"))
            .WithActorRefProvider(ProviderSelection.Remote.Instance);
        var system = ActorSystem.Create(name, setup.And(quiet));
        var node = new Node(system, keys, MeshExtension.For(system), MeshTunnels.For(system));
        _nodes.Add(node);
        return node;
    }

    /// <summary>A node that runs.</summary>
    internal sealed record Node(
        ActorSystem System, LoopbackKeys Keys, MeshExtension Extension, MeshTunnels Tunnels)
    {
        public IMesh Mesh => Extension.Mesh;

        public Task<IActorRef> AddAsync<TAgent>(string name, params object[] arguments)
            where TAgent : MeshAgent =>
            Extension.AddAgentAsync(name, Props.Create<TAgent>(arguments));

        /// <summary>As a process that is killed: the socket is gone before anyone is told.</summary>
        public Task StopAsync() => System.Terminate();
    }
}
