using System;
using System.IO;
using Xunit;

namespace MeshActors.EndToEnd.Tests;

/// <summary>A test that makes network namespaces with a tun device between them.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LinkLabFactAttribute : FactAttribute
{
    public LinkLabFactAttribute()
    {
        Skip = NamespaceFactAttribute.Missing() ?? (File.Exists("/dev/net/tun") ? null : "there is no /dev/net/tun");
    }
}
