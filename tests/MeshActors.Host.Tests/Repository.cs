using System;
using System.IO;

namespace MeshActors.Host.Tests;

/// <summary>The repository the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "MeshActors.sln")))
        {
            directory = directory.Parent ?? throw new InvalidOperationException("The solution is not above the tests.");
        }

        return directory.FullName;
    }
}
