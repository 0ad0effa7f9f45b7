namespace MeshActors.Host.Configuration;

/// <summary>One token of a configuration file.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its text: unescaped for strings, the path for substitutions.</param>
/// <param name="Line">The line it begins in, from 1.</param>
/// <param name="SpacesBefore">Spaces and tabs between it and the token before it on the line.</param>
/// <param name="FirstOnLine">True when only spaces stand before it; then <paramref name="SpacesBefore"/> is the indentation.</param>
internal readonly record struct HoconToken(
    HoconTokenKind Kind, string Text, int Line, int SpacesBefore, bool FirstOnLine)
{
    /// <summary>For <see cref="HoconTokenKind.Broken"/>: what is wrong, reading on after the value.</summary>
    public string Problem { get; init; } = string.Empty;

    /// <summary>For <see cref="HoconTokenKind.Broken"/>: what would be right.</summary>
    public string Allowed { get; init; } = string.Empty;

    /// <summary>True for <c>${?x}</c>.</summary>
    public bool Optional { get; init; }

    /// <summary>Line of the brace or bracket that is never closed, for a closing one that stands in for the missing one; else 0.</summary>
    public int MissingSince { get; init; }
}
