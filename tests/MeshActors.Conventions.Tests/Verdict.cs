using System;
using System.Collections.Generic;
using System.Linq;
using Xunit;

namespace MeshActors.Conventions.Tests;

/// <summary>Fails with all violations at once, one per line.</summary>
internal static class Verdict
{
    public static void None(IEnumerable<string> violations)
    {
        var all = violations.Order(StringComparer.Ordinal).ToList();
        Assert.True(all.Count == 0, $"{all.Count} violations:\n{string.Join('\n', all)}");
    }
}
