namespace MeshActors.Host.Demo.Agents;

/// <summary>What every demo agent is asked: a piece of a text.</summary>
/// <param name="File">Path of the text below the input directory.</param>
/// <param name="Line">Number of the piece's first line, from 1.</param>
/// <param name="Text">The piece, at most 16,384 characters.</param>
internal sealed record ChunkRequest(string File, int Line, string Text);
