using System;
using System.Diagnostics.CodeAnalysis;
using MeshActors.Capabilities;

namespace MeshActors.Discovery;

/// <summary>Which capability names are meant: one name, names that begin with something (<c>fx-*</c>), or all (<c>*</c>).</summary>
internal sealed record NamePattern
{
    /// <summary>All names.</summary>
    public static readonly NamePattern All = new(string.Empty, isPrefix: true);

    private readonly string _start;
    private readonly bool _isPrefix;

    private NamePattern(string start, bool isPrefix)
    {
        _start = start;
        _isPrefix = isPrefix;
    }

    /// <summary>Reads a pattern; an asterisk may stand only at its end.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out NamePattern? pattern)
    {
        pattern = null;
        if (text is null)
        {
            return false;
        }

        var isPrefix = text.EndsWith('*');
        var start = isPrefix ? text[..^1] : text;
        var isValid = isPrefix ? start.Length == 0 || KebabCase.IsValid(start.TrimEnd('-')) : KebabCase.IsValid(start);
        pattern = isValid ? new NamePattern(start, isPrefix) : null;
        return isValid;
    }

    /// <summary>True when <paramref name="name"/> is one of those meant.</summary>
    public bool Matches(string name) =>
        _isPrefix ? name.StartsWith(_start, StringComparison.Ordinal) : name == _start;

    /// <summary>As it is written: <c>fx-*</c>.</summary>
    public override string ToString() => _isPrefix ? _start + "*" : _start;
}
