namespace MeshActors.Host.Demo.Agents;

/// <summary>A line of the corpus that gives something its title.</summary>
/// <param name="File">Path below the input directory.</param>
/// <param name="Line">From 1.</param>
/// <param name="Title">The words, without mark-up.</param>
internal sealed record TitleLine(string File, int Line, string Title);
