using System;
using System.Linq;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using Akka.Actor;
using MeshActors.Discovery;
using MeshActors.Host.Cli;
using MeshActors.Host.Demo.Agents;
using MeshActors.Host.Demo.Texts;
using MeshActors.Hosting;
using MeshActors.Transport.Remoting;

namespace MeshActors.Host.Demo.Fleet;

/// <summary>What a process of the demo does: be a backbone, a relay or a worker until its standard input ends.</summary>
internal static class DemoNode
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RegistrationInterval = TimeSpan.FromMilliseconds(20);

    /// <summary>Runs the node.</summary>
    /// <param name="spec">What it is to be.</param>
    /// <param name="environment">The world around the program.</param>
    /// <param name="stopped">Ends it too.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(NodeSpec spec, HostEnvironment environment, CancellationToken stopped)
    {
        var parentGone = InputEnd.WaitAsync(Console.OpenStandardInput());
        using var journal = spec.IsBackbone || spec.IsRelay ? null : new TaskJournal(spec.Journal);
        var system = DemoSystem.Start(spec);
        if (journal is not null)
        {
            await AddAgentsAsync(system, spec, journal, stopped);
            await WaitRegisteredAsync(system, environment.Clock.Provider, stopped);
            await WaitLeasedAsync(system, environment.Clock.Provider, stopped);
        }

        SayReady(spec, system, environment);
        await Task.WhenAny(parentGone, Task.Delay(Timeout.InfiniteTimeSpan, environment.Clock.Provider, stopped));
        await Task.WhenAny(
            system.Terminate(), Task.Delay(StopTimeout, environment.Clock.Provider, CancellationToken.None));
        return ExitCode.Done;
    }

    private static async Task AddAgentsAsync(
        ActorSystem system, NodeSpec spec, TaskJournal journal, CancellationToken stopped)
    {
        var corpus = CorpusReader.Read(new InputFolder(spec.InputRoot, [.. spec.InputOnly]));
        var kit = new WorkerKit(
            journal, new KeywordReading(SectionFrequencies.Of(corpus)), new CitationReading(corpus));
        var mesh = MeshExtension.For(system);
        await mesh.AddAgentAsync("statistician", Props.Create(() => new TextStatisticsAgent(kit)), tags: null, stopped);
        await mesh.AddAgentAsync("indexer", Props.Create(() => new KeywordAgent(kit)), tags: null, stopped);
        await mesh.AddAgentAsync("librarian", Props.Create(() => new CitationAgent(kit)), tags: null, stopped);
    }

    /// <summary>A worker is ready when the backbone can name it; the parent gives up on one that never is.</summary>
    private static async Task WaitRegisteredAsync(ActorSystem system, TimeProvider time, CancellationToken stopped)
    {
        var root = MeshExtension.For(system).Root;
        while (true)
        {
            var status = await root.Ask<DiscoveryStatus>(DiscoveryStatusRequested.Instance, AskTimeout, stopped);
            if (status.Backbones.All(backbone => backbone.IsRegistered))
            {
                return;
            }

            await Task.Delay(RegistrationInterval, time, stopped);
        }
    }

    /// <summary>The relay of the demo stands ready for a worker that no direct path reaches.</summary>
    private static async Task WaitLeasedAsync(ActorSystem system, TimeProvider time, CancellationToken stopped)
    {
        while ((await MeshTunnels.For(system).LeasesAsync().WaitAsync(stopped)).IsEmpty)
        {
            await Task.Delay(RegistrationInterval, time, stopped);
        }
    }

    private static void SayReady(NodeSpec spec, ActorSystem system, HostEnvironment environment)
    {
        var tunnels = MeshTunnels.For(system);
        var ready = new NodeReady(
            spec.Name,
            tunnels.Address.ToString(),
            tunnels.Identity.Root.ToString(),
            tunnels.LocalEndpoints[0].ToString());
        environment.Out.WriteLine(JsonSerializer.Serialize(ready, JsonSerializerOptions.Web));
        environment.Out.Flush();
    }
}
