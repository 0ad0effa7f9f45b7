using System;

namespace MeshActors.Host.Cli;

/// <summary>A verb cannot go on: a stable code, what happened, and what to do about it.</summary>
internal sealed class CommandFailure : Exception
{
    public CommandFailure(string code, string message, string hint, int exitCode = ExitCode.Failed, Exception? inner = null)
        : base(message, inner)
    {
        Code = code;
        Hint = hint;
        Exit = exitCode;
    }

    public string Code { get; }

    public string Hint { get; }

    public int Exit { get; }
}
