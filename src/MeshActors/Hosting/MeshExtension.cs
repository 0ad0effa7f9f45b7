using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Akka;
using Akka.Actor;
using MeshActors.Agents;
using MeshActors.Clusters;
using MeshActors.Discovery;
using MeshActors.Tasks;
using MeshActors.Telemetry;
using MeshActors.Transport.Io;
using MeshActors.Transport.Remoting;

namespace MeshActors.Hosting;

/// <summary>The mesh in an ActorSystem: started at the first call of <see cref="For"/>, ends with the system.</summary>
public sealed class MeshExtension : IExtension
{
    private static readonly TimeSpan AgentTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LeaveTimeout = TimeSpan.FromSeconds(2);

    private MeshExtension(ExtendedActorSystem system)
    {
        var options = system.Settings.Setup.Get<MeshSetup>() is { HasValue: true } setup
            ? setup.Value.Options
            : new MeshOptions();
        var tunnels = MeshTunnels.For(system);
        Own = new OwnCapabilities(options.Region);
        Root = system.ActorOf(MeshRootActor.Props(MeshComposition.Compose(options, tunnels, Own), tunnels), MeshRootActor.Name);
        CoordinatedShutdown.Get(system).AddTask(
            CoordinatedShutdown.PhaseBeforeServiceUnbind, "leave-directories", LeaveDirectoriesAsync);
        var telemetry = RelayTelemetry.Add(new NodeMeasures(
            () => tunnels.Engine.Traffic.Bytes,
            () => RelayedPeer.AllOf(tunnels.Engine),
            () => tunnels.Engine.ConnectionStatistics));
        system.RegisterOnTermination(telemetry.Dispose);
        if (options.Cluster?.ReadSeedNodes() is { IsEmpty: false } seeds)
        {
            system.SystemActorOf(SeedActor.Props(seeds, tunnels.Clock), SeedActor.Name);
        }

        Mesh = new ActorMesh(tunnels.Address, tunnels.Clock, tunnels.Random, Own, Root, Root);
    }

    /// <summary>What the node's code uses; the same as from the services.</summary>
    public IMesh Mesh { get; }

    /// <summary><c>/user/mesh</c>: forwards to the child a message is for.</summary>
    internal IActorRef Root { get; }

    /// <summary>What this node's agents serve.</summary>
    internal OwnCapabilities Own { get; }

    /// <summary>The mesh of an ActorSystem whose transport is the mesh transport.</summary>
    /// <exception cref="Akka.Configuration.ConfigurationException">The system has no mesh transport.</exception>
    public static MeshExtension For(ActorSystem system)
    {
        ArgumentNullException.ThrowIfNull(system);
        return system.WithExtension<MeshExtension, Provider>();
    }

    /// <summary>Starts an agent; complete when it has declared what it serves and the directory is being told.</summary>
    /// <param name="name">Its name below <c>/user/mesh/agents</c>, kebab-case.</param>
    /// <param name="props">Makes a <see cref="MeshAgent"/>.</param>
    /// <param name="tags">Domains added to every capability it serves.</param>
    /// <param name="cancellationToken">Ends the wait, not the agent.</param>
    /// <exception cref="ArgumentException">Name, or what it serves, is refused; the message says why.</exception>
    public async Task<IActorRef> AddAgentAsync(
        string name, Props props, IEnumerable<string>? tags = null, CancellationToken cancellationToken = default)
    {
        var added = await Root.Ask<AgentsActor.AgentAdded>(
            new AgentsActor.AddAgent(name, props, [.. tags ?? []]), AgentTimeout, cancellationToken)
            .ConfigureAwait(false);
        return added.Agent;
    }

    /// <summary>Stops an agent: the task it works on fails, those that wait go to other nodes, the directory is told.</summary>
    /// <param name="name">Its name; one that is not there is gone already.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task RemoveAgentAsync(string name, CancellationToken cancellationToken = default) =>
        Root.Ask<AgentsActor.AgentRemoved>(new AgentsActor.RemoveAgent(name), AgentTimeout, cancellationToken);

    /// <summary>So that no peer is sent here any more while the node ends.</summary>
    private async Task<Done> LeaveDirectoriesAsync()
    {
        try
        {
            await Root.Ask<DirectoriesLeft>(LeaveDirectories.Instance, LeaveTimeout).ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            // A backbone that does not answer takes the node out of its results by itself.
        }

        return Done.Instance;
    }

    private sealed class Provider : ExtensionIdProvider<MeshExtension>
    {
        public override MeshExtension CreateExtension(ExtendedActorSystem system) => new(system);
    }
}
