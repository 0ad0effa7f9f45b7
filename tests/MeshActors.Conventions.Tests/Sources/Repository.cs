using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace MeshActors.Conventions.Tests.Sources;

/// <summary>The files of this repository as they stand on disk, without what the build makes.</summary>
internal static class Repository
{
    private static readonly HashSet<string> BuildFolders =
        ["bin", "obj", ".git", ".vs", ".idea", "TestResults", "artifacts"];

    /// <summary>The folder that holds the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>All files, as paths relative to <see cref="Root"/> with forward slashes, sorted.</summary>
    public static IReadOnlyList<string> Files { get; } =
        Walk(new DirectoryInfo(Root)).Order(StringComparer.Ordinal).ToList();

    /// <summary>All C# files below a folder, read.</summary>
    public static IReadOnlyList<SourceFile> Sources(string folder) =>
        Files.Where(path => path.StartsWith(folder + "/", StringComparison.Ordinal)
                && path.EndsWith(".cs", StringComparison.Ordinal))
            .Select(path => new SourceFile(path, Read(path)))
            .ToList();

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    private static IEnumerable<string> Walk(DirectoryInfo folder)
    {
        foreach (var file in folder.EnumerateFiles())
        {
            if (file.Name != ".git")
            {
                yield return Path.GetRelativePath(Root, file.FullName).Replace('\\', '/');
            }
        }

        foreach (var child in folder.EnumerateDirectories())
        {
            if (!BuildFolders.Contains(child.Name) && child.LinkTarget is null)
            {
                foreach (var file in Walk(child))
                {
                    yield return file;
                }
            }
        }
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "MeshActors.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException("No folder above the tests holds MeshActors.sln.");
    }
}
