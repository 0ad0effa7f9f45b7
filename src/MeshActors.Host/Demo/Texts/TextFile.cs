namespace MeshActors.Host.Demo.Texts;

/// <summary>One text of the input.</summary>
/// <param name="Path">Below the input directory, with <c>/</c> between names on every system.</param>
/// <param name="Text">All of it, lines ended by <c>\n</c> alone; never blank.</param>
internal sealed record TextFile(string Path, string Text);
