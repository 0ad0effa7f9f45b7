using System;
using System.IO;
using System.Runtime.CompilerServices;
using Xunit;

namespace MeshActors.Transport.Tests;

/// <summary>Where the published test vectors are: <c>$MESH_VECTORS</c>, else <c>../shared/vectors</c> beside the repository.</summary>
internal static class PublishedVectors
{
    public static string Folder { get; } =
        Environment.GetEnvironmentVariable("MESH_VECTORS") is { Length: > 0 } folder
            ? folder
            : Path.GetFullPath(Path.Combine(RepositoryRoot(), "..", "shared", "vectors"));

    public static string Read(string file) => File.ReadAllText(Path.Combine(Folder, file));

    private static string RepositoryRoot([CallerFilePath] string thisFile = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "..", ".."));
}

/// <summary>A fact that needs a file of published vectors, skipped where it is not there.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class VectorFactAttribute : FactAttribute
{
    public VectorFactAttribute(string file)
    {
        if (!File.Exists(Path.Combine(PublishedVectors.Folder, file)))
        {
            Skip = $"{file} is not in {PublishedVectors.Folder}; set MESH_VECTORS to the folder of published vectors.";
        }
    }
}
