using System;
using System.IO;
using System.Linq;
using Xunit;

namespace MeshActors.EndToEnd.Tests;

/// <summary>A test that starts a program of a Debian package, skipped where it is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ProgramFactAttribute : FactAttribute
{
    public ProgramFactAttribute(string program, string package)
    {
        Skip = Missing(program, package);
    }

    /// <summary>What is missing; null when nothing is.</summary>
    public static string? Missing(string program, string package)
    {
        var places = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator);
        return places.Any(place => File.Exists(Path.Combine(place, program)))
            ? null
            : $"there is no program {program} (package {package})";
    }
}
