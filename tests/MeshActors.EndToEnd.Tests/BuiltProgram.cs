using System;
using System.IO;

namespace MeshActors.EndToEnd.Tests;

/// <summary>Where the programs under test lie: their own outputs of the same build as these tests.</summary>
internal static class BuiltProgram
{
    /// <summary>The repository's root, found from these tests upward.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>The executable; a build of the solution, or of these tests, makes it.</summary>
    public static string Path { get; } = Find("src", "MeshActors.Host", "meshactors");

    /// <summary>The measuring program, made by the same builds.</summary>
    public static string Benchmarks { get; } = Find("tests", "MeshActors.Benchmarks", "MeshActors.Benchmarks");

    /// <summary>The region laboratory, made by the same builds; beside these tests it would lack what the host's framework has.</summary>
    public static string RegionLab { get; } = Find("tests", "MeshActors.RegionLab", "MeshActors.RegionLab");

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

    private static string Find(string folder, string project, string executable)
    {
        // .../bin/Release/net10.0/
        var framework = new DirectoryInfo(System.IO.Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        var configuration = framework.Parent!.Name;
        var name = OperatingSystem.IsWindows() ? executable + ".exe" : executable;
        var program = System.IO.Path.Combine(
            Repository, folder, project, "bin", configuration, framework.Name, name);
        return File.Exists(program)
            ? program
            : throw new InvalidOperationException($"{program} is missing: build the solution first.");
    }
}
