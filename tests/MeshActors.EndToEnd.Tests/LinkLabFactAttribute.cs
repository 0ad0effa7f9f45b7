using System;
using System.IO;
using System.Linq;
using Xunit;

namespace MeshActors.EndToEnd.Tests;

/// <summary>A test that makes network namespaces with a tun device between them.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LinkLabFactAttribute : FactAttribute
{
    public LinkLabFactAttribute()
    {
        Skip = Missing();
    }

    private static string? Missing()
    {
        if (!OperatingSystem.IsLinux())
        {
            return "network namespaces are Linux's";
        }

        if (!Environment.IsPrivilegedProcess)
        {
            return "network namespaces need root";
        }

        if (!File.Exists("/dev/net/tun"))
        {
            return "there is no /dev/net/tun";
        }

        var places = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator);
        return places.Any(place => File.Exists(Path.Combine(place, "ip"))) ? null : "there is no program ip (package iproute2)";
    }
}
