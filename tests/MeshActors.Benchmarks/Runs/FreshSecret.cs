using System;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Identity;

namespace MeshActors.Benchmarks.Runs;

/// <summary>A fleet secret for one run, which no other run knows.</summary>
internal static class FreshSecret
{
    public static string Text()
    {
        using var secret = FleetSecret.Generate(SystemRandomSource.Instance);
        Span<char> text = stackalloc char[FleetSecret.TextLength];
        secret.WriteText(text);
        return text.ToString();
    }
}
