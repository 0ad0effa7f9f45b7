using System.Linq;
using MeshActors.Capabilities;

namespace MeshActors.Host.Configuration;

/// <summary>The forms of text that several keys share.</summary>
internal static class Words
{
    /// <summary>Longest text of a key.</summary>
    public const int LongestText = 4096;

    public const string NameForm = "1 to 64 letters, digits, dots, dashes, underscores";

    public static bool IsName(string text) =>
        text.Length is >= 1 and <= 64 && text.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '-' or '_');

    /// <summary>Lower-case words with hyphens, at most 63 characters.</summary>
    public static bool TryKebab(string text, out string value) => KebabCase.IsValid(value = text);

    public static bool TryText(string text, out string value) => (value = text).Length <= LongestText;

    public static bool TrySwitch(string text, out bool value)
    {
        value = text is "on" or "true" or "yes";
        return value || text is "off" or "false" or "no";
    }
}
