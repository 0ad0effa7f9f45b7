namespace MeshActors.Host.Demo.Agents;

/// <summary>How often a word occurs.</summary>
/// <param name="Word">In lower case.</param>
/// <param name="Count">1 or more.</param>
internal sealed record WordCount(string Word, int Count);
