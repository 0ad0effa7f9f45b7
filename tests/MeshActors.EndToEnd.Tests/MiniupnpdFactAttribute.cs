using System;
using Xunit;

namespace MeshActors.EndToEnd.Tests;

/// <summary>A test with miniupnpd as the gateway of a network namespace, which takes root on Linux, ip, nft and miniupnpd.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class MiniupnpdFactAttribute : FactAttribute
{
    public MiniupnpdFactAttribute()
    {
        Skip = NamespaceFactAttribute.Missing()
            ?? ProgramFactAttribute.Missing("nft", "nftables")
            ?? ProgramFactAttribute.Missing("miniupnpd", "miniupnpd");
    }
}
