using System;

namespace MeshActors.Transport.Files;

/// <summary>A file that holds a secret cannot be used: says which one, what is wrong with it and what to do, never what is in it.</summary>
internal sealed class KeyFileException : Exception
{
    public KeyFileException(string path, string problem, string remedy, Exception? cause = null)
        : base($"{path}: {problem}. {remedy}", cause)
    {
        Path = path;
    }

    /// <summary>The file.</summary>
    public string Path { get; }
}
