namespace MeshActors.Host.Demo.Agents;

/// <summary>What every demo agent answers.</summary>
/// <typeparam name="T">What its capability finds out.</typeparam>
/// <param name="Worker">Mesh address of the node that did it.</param>
/// <param name="Result">What it found.</param>
internal sealed record WorkDone<T>(string Worker, T Result);
