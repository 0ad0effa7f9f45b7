using System;
using System.Security.Cryptography;

namespace MeshActors.Transport.Chance;

/// <summary>The operating system's generator.</summary>
/// <remarks>The only file that may read it.</remarks>
internal sealed class SystemRandomSource : IRandomSource
{
    public static readonly SystemRandomSource Instance = new();

    private SystemRandomSource()
    {
    }

    public void Fill(Span<byte> destination) => RandomNumberGenerator.Fill(destination);
}
