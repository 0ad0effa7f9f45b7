using System;

namespace MeshActors.Capabilities;

/// <summary>The form of names that people and programs share: <c>fx-pricing</c>.</summary>
/// <remarks>Words of <c>a-z</c> and <c>0-9</c> joined by single hyphens; begins with a letter.</remarks>
internal static class KebabCase
{
    /// <summary>Longest name, in characters: fits into a DNS label, a metric attribute and a line of a table.</summary>
    public const int MaxLength = 63;

    /// <summary>True for 1 to <see cref="MaxLength"/> characters of that form.</summary>
    public static bool IsValid(ReadOnlySpan<char> name)
    {
        if (name.IsEmpty || name.Length > MaxLength || !char.IsAsciiLetterLower(name[0]) || name[^1] == '-')
        {
            return false;
        }

        for (var i = 1; i < name.Length; i++)
        {
            var isWord = char.IsAsciiLetterLower(name[i]) || char.IsAsciiDigit(name[i]);
            if (!isWord && (name[i] != '-' || name[i - 1] == '-'))
            {
                return false;
            }
        }

        return true;
    }
}
