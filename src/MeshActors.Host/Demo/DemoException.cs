using System;

namespace MeshActors.Host.Demo;

/// <summary>The demo cannot do what was asked: a stable code for programs, a sentence and a hint for people.</summary>
internal sealed class DemoException : Exception
{
    public DemoException(string code, string message, string hint)
        : base(message)
    {
        Code = code;
        Hint = hint;
    }

    /// <summary>Stable, lower case with hyphens.</summary>
    public string Code { get; }

    /// <summary>What to do about it.</summary>
    public string Hint { get; }
}
