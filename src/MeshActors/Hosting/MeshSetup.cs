using System;
using Akka.Actor;
using Akka.Actor.Setup;
using MeshActors.Clusters;
using MeshActors.Transport.Remoting;

namespace MeshActors.Hosting;

/// <summary>Makes a node of the mesh of an ActorSystem that is set up in code, without Akka.Hosting.</summary>
public sealed class MeshSetup : Setup
{
    internal MeshSetup(MeshOptions options)
    {
        Options = options;
    }

    internal MeshOptions Options { get; }

    /// <summary>Everything an ActorSystem needs: give it to <c>ActorSystem.Create</c>, then call <see cref="MeshExtension.For"/>.</summary>
    /// <param name="configure">Says what differs from the defaults.</param>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public static ActorSystemSetup Create(Action<MeshOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var options = new MeshOptions();
        configure(options);
        options.Check();
        var config = MeshHocon.Write(options);
        return BootstrapSetup.Create()
            .WithConfig(options.Cluster is null ? config : config.WithFallback(ClusterHocon.Defaults))
            .WithActorRefProvider(options.Cluster is null ? ProviderSelection.Remote.Instance : ProviderSelection.Cluster.Instance)
            .And(new MeshSetup(options))
            .And(options.Transport ?? new MeshTransportSetup());
    }
}
