using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Akka.Actor;
using Akka.Hosting;
using MeshActors.Hosting;
using MeshActors.Tasks;
using MeshActors.Tests.Tasks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Xunit;

namespace MeshActors.Tests.Hosting;

/// <summary>A node in a .NET application, as Akka.Hosting starts it.</summary>
public sealed class ApplicationTests : IDisposable
{
    private readonly LoopbackKeys _keys = new();

    public void Dispose() => _keys.Dispose();

    [Fact]
    public async Task An_application_has_the_mesh_among_its_services_and_its_agents_with_what_they_need()
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning));
        services.AddSingleton<IHostApplicationLifetime, NoLifetime>();
        services.AddSingleton(new Produced());
        services.AddAkka("fleet", (builder, _) => builder
            .WithMesh(options => options.Transport = _keys.Setup)
            .WithMeshAgent<FxAgent>("desk", "finance")
            .WithMeshAgent<CountingAgent>("counter"));
        services.AddMesh();
        await using var provider = services.BuildServiceProvider();
        var hosted = provider.GetServices<IHostedService>().ToList();
        foreach (var service in hosted)
        {
            await service.StartAsync(CancellationToken.None);
        }

        var mesh = provider.GetRequiredService<IMesh>();
        var price = await mesh.AskAsync<Quote, Price>("fx-pricing", new Quote("EURUSD", 21));
        var parts = await mesh.StreamAsync<Quote, string>("counting", new Quote("small", 3)).CountAsync();

        Assert.Equal((42, 3, 3), (price.Total, parts, provider.GetRequiredService<Produced>().Parts));
        Assert.Equal(_keys.Identity.Address, mesh.Address);
        Assert.Equal("desk", provider.GetRequiredService<ActorRegistry>().Get<FxAgent>().Path.Name);
        foreach (var service in hosted)
        {
            await service.StopAsync(CancellationToken.None);
        }
    }

    [Fact]
    public async Task An_actor_system_in_code_has_the_mesh_as_an_extension()
    {
        var system = ActorSystem.Create("fleet", MeshSetup.Create(options =>
        {
            options.Transport = _keys.Setup;
            options.Region = "eu-west";
        }));

        var extension = MeshExtension.For(system);
        await extension.AddAgentAsync("desk", Props.Create<FxAgent>(), ["finance"]);

        var match = Assert.Single(await extension.Mesh.QueryAsync("fx-pricing"));
        Assert.Equal(("eu-west", "finance"), (match.Region, Assert.Single(match.Capability.Tags)));
        Assert.Equal(42, (await extension.Mesh.AskAsync<Quote, Price>("fx-pricing", new Quote("EURUSD", 21))).Total);
        Assert.Same(extension, MeshExtension.For(system));
        await system.Terminate();
    }

    [Fact]
    public void A_system_without_the_transport_says_what_is_missing()
    {
        using var system = ActorSystem.Create("plain");

        var failure = Assert.ThrowsAny<Exception>(() => MeshExtension.For(system));

        Assert.Contains("akka.remote.mesh", failure.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Home", "127.0.0.1:443", "kebab-case")]
    [InlineData("home", "127.0.0.1", "HOST:PORT")]
    [InlineData("home", "127.0.0.1:0", "HOST:PORT")]
    public void A_backbone_that_cannot_be_meant_is_refused_before_anything_starts(
        string name, string endpoint, string reason)
    {
        var failure = Assert.Throws<ArgumentException>(
            () => MeshSetup.Create(options => options.Backbones.Add(new MeshBackbone(name, [endpoint]))));

        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
    }
}
