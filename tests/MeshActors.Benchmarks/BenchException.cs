using System;

namespace MeshActors.Benchmarks;

/// <summary>A measurement could not be made; the message says why.</summary>
internal sealed class BenchException : Exception
{
    public BenchException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
