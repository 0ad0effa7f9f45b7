using System;
using System.Diagnostics.CodeAnalysis;

namespace MeshActors.Fuzz;

/// <summary>Thrown when an input shows that the product breaks a promise.</summary>
public sealed class FindingException : Exception
{
    public FindingException()
    {
    }

    public FindingException(string message)
        : base(message)
    {
    }

    public FindingException(string message, Exception inner)
        : base(message, inner)
    {
    }
}

/// <summary>Promises that targets hold the product to.</summary>
internal static class Finding
{
    public static void Unless([DoesNotReturnIf(false)] bool holds, string promise)
    {
        if (!holds)
        {
            throw new FindingException(promise);
        }
    }
}
