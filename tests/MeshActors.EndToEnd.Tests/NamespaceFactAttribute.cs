using System;
using System.IO;
using System.Linq;
using Xunit;

namespace MeshActors.EndToEnd.Tests;

/// <summary>A test that makes network namespaces, which takes root on Linux and the program ip.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NamespaceFactAttribute : FactAttribute
{
    public NamespaceFactAttribute()
    {
        Skip = Missing();
    }

    /// <summary>What is missing; null when nothing is.</summary>
    public static string? Missing()
    {
        if (!OperatingSystem.IsLinux())
        {
            return "network namespaces are Linux's";
        }

        if (!Environment.IsPrivilegedProcess)
        {
            return "network namespaces need root";
        }

        var places = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator);
        return places.Any(place => File.Exists(Path.Combine(place, "ip"))) ? null : "there is no program ip (package iproute2)";
    }
}
