namespace MeshActors.Host.Configuration;

/// <summary>One reading of one file; the same file included twice is two of these.</summary>
internal sealed class SourceFile
{
    public SourceFile(string name, string fullPath)
    {
        Name = name;
        FullPath = fullPath;
    }

    /// <summary>As people see it: the path that was asked for.</summary>
    public string Name { get; }

    public string FullPath { get; }
}
