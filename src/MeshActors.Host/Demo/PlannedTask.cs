using MeshActors.Host.Demo.Texts;

namespace MeshActors.Host.Demo;

/// <summary>One task of the demo, before it is asked for.</summary>
/// <param name="Id">Unique in one run: <c>demo-0001</c>.</param>
/// <param name="Capability">One of <see cref="DemoCapabilities"/>.</param>
/// <param name="Chunk">What it is about.</param>
internal sealed record PlannedTask(string Id, string Capability, TextChunk Chunk);
