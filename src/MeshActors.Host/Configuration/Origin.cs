namespace MeshActors.Host.Configuration;

/// <summary>Where a value stands.</summary>
/// <param name="File">The file.</param>
/// <param name="Line">The line in it, from 1.</param>
internal readonly record struct Origin(SourceFile File, int Line);
