using System;

namespace MeshActors.Tasks;

/// <summary>An operation on the mesh failed, for a reason that has a code.</summary>
public sealed class MeshException : Exception
{
    /// <summary>Says what failed and what to do about it.</summary>
    /// <param name="code">The reason.</param>
    /// <param name="message">What happened, one sentence.</param>
    /// <param name="hint">What to do about it, one sentence.</param>
    /// <param name="field">The field that breaks the schema, as a JSON path; null when the failure is about none.</param>
    /// <param name="innerException">What caused it, if that is known.</param>
    public MeshException(
        MeshErrorCode code, string message, string hint, string? field = null, Exception? innerException = null)
        : base(message, innerException)
    {
        Code = code;
        Hint = hint;
        Field = field;
    }

    /// <summary>The reason.</summary>
    public MeshErrorCode Code { get; }

    /// <summary>What to do about it.</summary>
    public string Hint { get; }

    /// <summary>The field that breaks the schema, as a JSON path; null when the failure is about none.</summary>
    public string? Field { get; }
}
