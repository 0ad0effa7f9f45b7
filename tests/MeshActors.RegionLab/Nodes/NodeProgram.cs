using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Hosting;
using Akka.Cluster.Sharding;
using Akka.Event;
using Akka.Hosting;
using Akka.Remote;
using MeshActors.Clusters;
using MeshActors.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MeshActors.RegionLab.Nodes;

/// <summary>A real node of the cluster as a process of its own, as an application has it: Akka.Hosting, sharded agents, a singleton.</summary>
internal static class NodeProgram
{
    /// <summary>The first argument by which the laboratory's program is a node.</summary>
    public const string Verb = "node";

    /// <summary>Name of the ActorSystem.</summary>
    public const string SystemName = "fleet";

    private const int Shards = 6;

    /// <summary>Runs a node until its input ends, or the cluster takes it out.</summary>
    /// <returns>The process' exit code.</returns>
    public static async Task<int> RunAsync(TextReader input)
    {
        var order = JsonSerializer.Deserialize<NodeOrder>((await input.ReadLineAsync())!)!;
        using var log = order.LogFile.Length == 0 ? TextWriter.Null : new StreamWriter(order.LogFile, append: true) { AutoFlush = true };
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.SetMinimumLevel(Microsoft.Extensions.Logging.LogLevel.Warning);
        builder.Services.AddHealthChecks();
        builder.Services.AddAkka(SystemName, akka => Configure(akka, order, log));
        using var application = builder.Build();
        await application.StartAsync();
        var system = application.Services.GetRequiredService<ActorSystem>();
        var wishes = AnswerAsync(input, application.Services.GetRequiredService<HealthCheckService>());
        await Task.WhenAny(wishes, system.WhenTerminated);
        await application.StopAsync();
        return MeshCluster.IsToStartAgain(system) ? MeshCluster.StartAgainExitCode : 0;
    }

    private static void Configure(AkkaConfigurationBuilder akka, NodeOrder order, TextWriter log) => akka
        .WithMesh(options => Fill(options, order))
        .WithMeshHealthChecks()
        .AddHocon(
            $$"""
            akka {
              loglevel = INFO
              stdout-loglevel = OFF
              loggers = []
              log-dead-letters = off
              # Shards are spread over all nodes within seconds, so that each region has some to lose.
              cluster.sharding {
                rebalance-interval = 2s
                least-shard-allocation-strategy.rebalance-absolute-limit = 6
              }
              remote.mesh {
                naming = {{(order.IsNamedByMeshAddress ? "mesh" : "endpoint")}}
                bind-hostname = "0.0.0.0"
                keepalive-interval = 2s
              }
            }
            """,
            HoconAddMode.Prepend)
        .WithActors((system, _) => Announce(system, log))
        .WithShardRegion<OnceActor>(
            "entities",
            OnceActor.Props,
            HashCodeMessageExtractor.Create(Shards, message => message as string),
            new ShardOptions { StateStoreMode = StateStoreMode.DData, RememberEntities = false, ShouldPassivateIdleEntities = false })
        .WithSingleton<AskingActor>(OnceActor.Leader, OnceActor.Props(OnceActor.Leader))
        .WithActors((system, registry) => system.ActorOf(
            AskingActor.Props(registry.Get<OnceActor>(), registry.Get<AskingActor>()), "asking"));

    private static void Fill(MeshOptions options, NodeOrder order)
    {
        options.Hostname = order.Host;
        options.Port = order.Port;
        options.FleetSecretFile = order.SecretFile;
        options.IdentityPath = order.IdentityFile;
        options.IsRelay = order.IsRelay;
        options.PortMapping = false;
        options.Region = order.Region;
        options.Cluster = new MeshClusterOptions();
        foreach (var relay in order.Relays)
        {
            options.Relays.Add(new MeshRelay([relay]));
        }

        foreach (var seed in order.Seeds)
        {
            options.Cluster.SeedNodes.Add(seed);
        }
    }

    private static void Announce(ActorSystem system, TextWriter log)
    {
        var watch = system.ActorOf(LogActor.Props(log), "log");
        system.EventStream.Subscribe(watch, typeof(LogEvent));
        system.EventStream.Subscribe(watch, typeof(AssociationErrorEvent));
        system.ActorOf(MembersActor.Props(), "members");
        NodeOutput.Tell(new NodeEvent(NodeEvent.Up, NodeOutput.Now)
        {
            Self = MembersActor.Write(Cluster.Get(system).SelfUniqueAddress),
        });
    }

    /// <summary>Runs the health checks whenever a line comes, until the input ends.</summary>
    private static async Task AnswerAsync(TextReader input, HealthCheckService health)
    {
        while (await input.ReadLineAsync() is not null)
        {
            var report = await health.CheckHealthAsync();
            NodeOutput.Tell(new NodeEvent(NodeEvent.Checked, NodeOutput.Now)
            {
                Health = report.Entries.ToDictionary(entry => entry.Key, entry => entry.Value.Status.ToString()),
            });
        }
    }
}
