using System;
using Akka.Actor;
using Akka.Hosting;
using MeshActors.Agents;
using MeshActors.Clusters;
using MeshActors.Health;
using MeshActors.Messages;
using MeshActors.Tasks;
using MeshActors.Transport.Remoting;
using Microsoft.Extensions.DependencyInjection;

namespace MeshActors.Hosting;

/// <summary>A node of the mesh in a .NET application: on Akka.Hosting's builder, and in its services.</summary>
public static class MeshHostingExtensions
{
    /// <summary>Makes the ActorSystem a node of the mesh: its transport, and the actors below <c>/user/mesh</c>.</summary>
    /// <remarks>Sets the remote provider, unless cluster is set before or after; with <see cref="MeshOptions.Cluster"/> that of clusters.</remarks>
    /// <param name="builder">Of the ActorSystem.</param>
    /// <param name="configure">Says what differs from the defaults.</param>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public static AkkaConfigurationBuilder WithMesh(
        this AkkaConfigurationBuilder builder, Action<MeshOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = new MeshOptions();
        configure?.Invoke(options);
        options.Check();
        if (options.Cluster is not null)
        {
            builder
                .WithActorRefProvider(ProviderSelection.Cluster.Instance)
                .AddHocon(ClusterHocon.Defaults, HoconAddMode.Append);
        }
        else if (!IsCluster(builder))
        {
            builder.WithActorRefProvider(ProviderSelection.Remote.Instance);
        }

        return builder
            .AddHocon(MeshHocon.Write(options), HoconAddMode.Prepend)
            .AddSetup(new MeshSetup(options))
            .AddSetup(options.Transport ?? new MeshTransportSetup())
            .StartActors((system, _) => MeshExtension.For(system));
    }

    /// <summary>Adds health checks of the node: whether its transport listens, how many peers are out of reach, and where it is a member of a cluster how that stands.</summary>
    /// <remarks>
    /// They are called <c>mesh-transport</c> (tags <c>mesh</c>, <c>live</c>, <c>ready</c>), <c>mesh-associations</c> (<c>mesh</c>) and
    /// <c>mesh-cluster</c> (<c>mesh</c>, <c>ready</c>).
    /// </remarks>
    /// <param name="builder">Of the ActorSystem; <see cref="WithMesh"/> was called on it.</param>
    public static AkkaConfigurationBuilder WithMeshHealthChecks(this AkkaConfigurationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder
            .WithHealthCheck(TransportHealthCheck.Name, new TransportHealthCheck(), tags: ["mesh", "live", "ready"])
            .WithHealthCheck(AssociationsHealthCheck.Name, new AssociationsHealthCheck(), tags: ["mesh"])
            .StartActors((system, _) => AssociationWatch.For(system));
        return IsCluster(builder)
            ? builder.WithHealthCheck(ClusterHealthCheck.Name, new ClusterHealthCheck(), tags: ["mesh", "ready"])
            : builder;
    }

    /// <summary>Starts an agent with the node; its constructor may ask for services.</summary>
    /// <param name="builder">Of the ActorSystem; <see cref="WithMesh"/> was called on it.</param>
    /// <param name="name">The agent's name below <c>/user/mesh/agents</c>, kebab-case.</param>
    /// <param name="tags">Domains added to every capability it serves.</param>
    public static AkkaConfigurationBuilder WithMeshAgent<TAgent>(
        this AkkaConfigurationBuilder builder, string name, params string[] tags)
        where TAgent : MeshAgent
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.StartActors(async (system, registry, resolver) =>
        {
            var agent = await MeshExtension.For(system)
                .AddAgentAsync(name, resolver.Props<TAgent>(), tags).ConfigureAwait(false);
            registry.TryRegister<TAgent>(agent);
        });
    }

    /// <summary>Says which messages of the program cross nodes, and writes them as source-generated JSON under a manifest each, in place of Akka's default with type names.</summary>
    /// <remarks>Call it once, on every node. The catalogue's manifests are what <c>akka.remote.mesh.allowed-manifests</c> names.</remarks>
    /// <param name="builder">Of the ActorSystem; with or without <see cref="WithMesh"/>.</param>
    /// <param name="describe">Adds the types.</param>
    public static AkkaConfigurationBuilder WithMeshMessages(
        this AkkaConfigurationBuilder builder, Action<MessageCatalogue> describe)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(describe);
        var catalogue = new MessageCatalogue();
        describe(catalogue);
        var messages = catalogue.Freeze();
        return builder.WithCustomSerializer("mesh-messages", messages.Types, system => new MessageSerializer(system, messages));
    }

    /// <summary>Adds <see cref="IMesh"/> to the services of an application whose ActorSystem is a node of the mesh.</summary>
    /// <param name="services">Of the application.</param>
    public static IServiceCollection AddMesh(this IServiceCollection services) =>
        services.AddSingleton(provider => MeshExtension.For(provider.GetRequiredService<ActorSystem>()).Mesh);

    private static bool IsCluster(AkkaConfigurationBuilder builder) =>
        (builder.ActorRefProvider.HasValue && builder.ActorRefProvider.Value is ProviderSelection.Cluster)
        || (builder.Configuration.HasValue
            && builder.Configuration.Value.GetString("akka.actor.provider", string.Empty)
                .Contains("cluster", StringComparison.OrdinalIgnoreCase));
}
