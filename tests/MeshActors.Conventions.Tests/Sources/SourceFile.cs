using System;
using System.Collections.Generic;
using System.Linq;

namespace MeshActors.Conventions.Tests.Sources;

/// <summary>A C# file: its path in the repository, its text, and its text without comments and literals.</summary>
internal sealed class SourceFile
{
    public SourceFile(string path, string text)
    {
        Path = path;
        Text = text;
        Code = CodeText.Of(text);
    }

    /// <summary>Relative to the repository, with forward slashes: <c>src/MeshActors.Transport/Wire/Varint.cs</c>.</summary>
    public string Path { get; }

    public string Text { get; }

    /// <summary>The text with comments and the insides of literals blanked; lines and columns are unchanged.</summary>
    public string Code { get; }

    public string Name => Segments[^1];

    /// <summary>The project's folder name: <c>MeshActors.Transport</c>.</summary>
    public string Project => Segments[1];

    /// <summary>The first folder inside the project, or empty for a file beside the project file.</summary>
    public string Folder => Segments.Length > 3 ? Segments[2] : string.Empty;

    public IReadOnlyList<string> FoldersInProject => Segments.Skip(2).SkipLast(1).ToList();

    public int LineCount => Text.AsSpan().TrimEnd('\n').Count('\n') + 1;

    private string[] Segments => Path.Split('/');
}
