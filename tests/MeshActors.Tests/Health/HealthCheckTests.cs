using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Akka.Actor;
using Akka.Hosting;
using MeshActors.Hosting;
using MeshActors.Tests.Clusters;
using MeshActors.Tests.Hosting;
using MeshActors.Transport.Remoting;
using MeshActors.Transport.Time;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace MeshActors.Tests.Health;

/// <summary>The health checks as an application's health check service runs them.</summary>
public sealed class HealthCheckTests
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    [Fact]
    public async Task A_node_that_is_no_member_of_a_cluster_has_checks_of_its_transport_and_its_peers()
    {
        using var keys = new LoopbackKeys();
        await using var application = await StartAsync(options => options.Transport = keys.Setup);

        var report = await CheckAsync(application);

        Assert.Equal(["mesh-associations", "mesh-transport"], report.Keys.Order());
        Assert.All(report.Values, entry => Assert.Equal(HealthStatus.Healthy, entry.Status));
        Assert.Contains("127.0.0.1", report["mesh-transport"].Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_transport_that_was_shut_down_is_unhealthy()
    {
        using var keys = new LoopbackKeys();
        await using var application = await StartAsync(options => options.Transport = keys.Setup);
        await MeshTunnels.For(application.GetRequiredService<ActorSystem>()).Engine.DisposeAsync();

        Assert.Equal(HealthStatus.Unhealthy, (await CheckAsync(application))["mesh-transport"].Status);
    }

    [Fact]
    public async Task A_member_is_healthy_once_it_is_up_and_degraded_while_another_is_out_of_reach()
    {
        await using var fleet = new LoopbackCluster(2);
        await using var application = await StartAsync(options => fleet.Fill(options, 0, "eu-west"));
        Assert.Equal(HealthStatus.Unhealthy, (await CheckAsync(application))["mesh-cluster"].Status);

        var other = fleet.Start(1, "us-east");
        var system = application.GetRequiredService<ActorSystem>();
        await LoopbackCluster.UpAsync(system, 2);
        await BecomesAsync(application, HealthStatus.Healthy);

        await other.Terminate();

        var degraded = await BecomesAsync(application, HealthStatus.Degraded);
        Assert.Equal(1, degraded.Data["unreachable"]);
        Assert.Contains(fleet.Seeds[1], degraded.Description, StringComparison.Ordinal);
    }

    /// <summary>Checks until the cluster's check says so: it says what it says a moment after the members know.</summary>
    private static async Task<HealthReportEntry> BecomesAsync(ServiceProvider application, HealthStatus status)
    {
        using var deadline = new CancellationTokenSource(LoopbackCluster.Patience);
        while (true)
        {
            var entry = (await CheckAsync(application))["mesh-cluster"];
            if (entry.Status == status)
            {
                return entry;
            }

            await Task.Delay(Look, Clock.System.Provider, deadline.Token);
        }
    }

    private static async Task<IReadOnlyDictionary<string, HealthReportEntry>> CheckAsync(ServiceProvider application) =>
        (await application.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries
            .Where(entry => entry.Key.StartsWith("mesh-", StringComparison.Ordinal))
            .ToDictionary(entry => entry.Key, entry => entry.Value);

    private static async Task<ServiceProvider> StartAsync(Action<MeshOptions> configure)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddHealthChecks();
        services.AddSingleton<IHostApplicationLifetime, NoLifetime>();
        services.AddAkka("fleet", (builder, _) => builder
            .WithMesh(configure)
            .WithMeshHealthChecks()
            .AddHocon(
                """
                akka {
                  loglevel = WARNING
                  coordinated-shutdown { exit-clr = off, run-by-clr-shutdown-hook = off }
                  cluster.downing-provider-class = "Akka.Cluster.NoDowning, Akka.Cluster"
                }
                """,
                HoconAddMode.Prepend));
        var provider = services.BuildServiceProvider();
        foreach (var service in provider.GetServices<IHostedService>())
        {
            await service.StartAsync(CancellationToken.None);
        }

        return provider;
    }

    private sealed class NoLifetime : IHostApplicationLifetime
    {
        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => CancellationToken.None;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication()
        {
        }
    }
}
