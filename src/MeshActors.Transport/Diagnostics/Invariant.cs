using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace MeshActors.Transport.Diagnostics;

/// <summary>Checks that hold in release builds too: the machine that breaks one is stopped, its supervisor decides.</summary>
internal static class Invariant
{
    /// <summary>Stops the machine when <paramref name="condition"/> is false.</summary>
    public static void Require(
        [DoesNotReturnIf(false)] bool condition,
        [CallerArgumentExpression(nameof(condition))] string? expression = null)
    {
        if (!condition)
        {
            throw new InvariantException(expression ?? "unknown");
        }
    }
}

/// <summary>A machine reached a state that its design rules out.</summary>
internal sealed class InvariantException : Exception
{
    public InvariantException(string expression)
        : base($"Broken invariant: {expression}")
    {
    }
}
