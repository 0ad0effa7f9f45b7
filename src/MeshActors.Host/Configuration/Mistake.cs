using System.Text;
using System.Text.RegularExpressions;

namespace MeshActors.Host.Configuration;

/// <summary>One thing wrong with the configuration, said in one line: where, which key, which value, what is allowed.</summary>
/// <param name="File">Path of the file as it was asked for.</param>
/// <param name="Line">Line in it, from 1.</param>
/// <param name="Key">Full path of the key.</param>
/// <param name="Value">What stands there.</param>
/// <param name="Problem">Reads on after the value: "is not a duration".</param>
/// <param name="Allowed">The range, the words or the form that would be right.</param>
internal sealed partial record Mistake(string File, int Line, string Key, string Value, string Problem, string Allowed)
{
    private const int LongestShown = 80;
    private const string CutOff = "mesh-fleet-1-...";

    /// <summary>The value as it may be printed: one line, at most 80 characters, a fleet secret cut off.</summary>
    public string ShownValue => Shown(Value);

    /// <summary>The problem without a fleet secret that somebody wrote in place of its file's name.</summary>
    public string ShownProblem => Secret().Replace(Problem, CutOff);

    /// <summary>One line, whatever stands in names and values.</summary>
    public override string ToString()
    {
        var line = $"{File}:{Line} {Key}: value {ShownValue} {ShownProblem}; allowed: {Allowed}";
        return string.Create(line.Length, line, static (shown, line) =>
        {
            for (var index = 0; index < shown.Length; index++)
            {
                shown[index] = char.IsControl(line[index]) ? ' ' : line[index];
            }
        });
    }

    private static string Shown(string value)
    {
        var text = new StringBuilder(value.Length);
        foreach (var character in Secret().Replace(value, CutOff))
        {
            text.Append(char.IsControl(character) ? ' ' : character);
            if (text.Length == LongestShown)
            {
                return text.Append("...").ToString();
            }
        }

        return text.Length == 0 ? "\"\"" : text.ToString();
    }

    [GeneratedRegex("mesh-fleet-1-[a-z2-7]+", RegexOptions.IgnoreCase)]
    private static partial Regex Secret();
}
