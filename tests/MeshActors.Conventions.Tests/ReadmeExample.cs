using System;
using System.Threading.Tasks;
using Akka.Hosting;
using MeshActors.Agents;
using MeshActors.Hosting;
using MeshActors.Tasks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace MeshActors.Conventions.Tests;

internal sealed record Text(string Content);

internal sealed record Count(int Words);

internal sealed class WordCounter : MeshAgent
{
    public WordCounter() => Serve<Text, Count>("word-count", "1.0", text => new Count(text.Content.Split().Length));
}

internal static class ReadmeExample
{
    public static async Task RunAsync()
    {
        var builder = new HostApplicationBuilder();
        builder.Services.AddMesh();
        builder.Services.AddAkka("fleet", akka => akka.WithMesh().WithMeshAgent<WordCounter>("counter"));
        using var app = builder.Build();
        await app.StartAsync();

        var mesh = app.Services.GetRequiredService<IMesh>();
        var count = await mesh.AskAsync<Text, Count>("word-count", new Text("who can do this"));
        Console.WriteLine($"{count.Words} words, counted by an agent at {mesh.Address}");
        await app.StopAsync();
    }
}
