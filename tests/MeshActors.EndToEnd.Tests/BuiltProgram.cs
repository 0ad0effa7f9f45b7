using System;
using System.IO;

namespace MeshActors.EndToEnd.Tests;

/// <summary>Where the program under test lies: the host's own output of the same build as these tests.</summary>
internal static class BuiltProgram
{
    /// <summary>The repository's root, found from these tests upward.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>The executable; a build of the solution, or of these tests, makes it.</summary>
    public static string Path { get; } = Find();

    private static string FindRepository()
    {
        for (var at = AppContext.BaseDirectory; at is not null; at = System.IO.Path.GetDirectoryName(at))
        {
            if (File.Exists(System.IO.Path.Combine(at, "MeshActors.sln")))
            {
                return at;
            }
        }

        throw new InvalidOperationException($"There is no MeshActors.sln above {AppContext.BaseDirectory}.");
    }

    private static string Find()
    {
        // .../bin/Release/net10.0/
        var framework = new DirectoryInfo(System.IO.Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        var configuration = framework.Parent!.Name;
        var name = OperatingSystem.IsWindows() ? "meshactors.exe" : "meshactors";
        var program = System.IO.Path.Combine(
            Repository, "src", "MeshActors.Host", "bin", configuration, framework.Name, name);
        return File.Exists(program)
            ? program
            : throw new InvalidOperationException($"{program} is missing: build the solution first.");
    }
}
