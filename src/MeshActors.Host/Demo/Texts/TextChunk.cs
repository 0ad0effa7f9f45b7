namespace MeshActors.Host.Demo.Texts;

/// <summary>A piece of a text, as one task carries it.</summary>
/// <param name="File">Path of the text below the input directory.</param>
/// <param name="Line">Number of its first line in the text, from 1.</param>
/// <param name="Heading">The heading it stands under, empty before the first one.</param>
/// <param name="Text">The piece itself, never blank.</param>
internal sealed record TextChunk(string File, int Line, string Heading, string Text);
