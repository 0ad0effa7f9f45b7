using System;
using System.IO;
using System.Linq;
using Xunit;

namespace MeshActors.EndToEnd.Tests;

/// <summary>A test that makes network namespaces with NATs between them, which takes root on Linux and the programs ip and nft.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NatLabFactAttribute : FactAttribute
{
    public NatLabFactAttribute()
    {
        var places = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator);
        Skip = NamespaceFactAttribute.Missing()
            ?? (places.Any(place => File.Exists(Path.Combine(place, "nft"))) ? null : "there is no program nft (package nftables)");
    }
}
