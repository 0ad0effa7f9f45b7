namespace MeshActors.Capabilities;

/// <summary>Where a payload, or a schema itself, does not fit: the path, and the rule in one line, never the value.</summary>
/// <param name="Path">JSON path of the offending field, as in <c>$.legs[2].amount</c>; at most 256 characters.</param>
/// <param name="Rule">What was asked for there, at most 256 characters.</param>
internal sealed record SchemaViolation(string Path, string Rule)
{
    /// <summary>Longest path and longest rule, in characters: both may hold names a stranger chose.</summary>
    public const int MaxLength = 256;

    /// <summary>Makes a violation out of text that may be long and of any characters.</summary>
    public static SchemaViolation Of(string path, string rule) => new(OneLine(path), OneLine(rule));

    /// <summary><c>$.legs[2].amount: is not a number</c>.</summary>
    public override string ToString() => $"{Path}: {Rule}";

    private static string OneLine(string text) =>
        string.Create(text.Length > MaxLength ? MaxLength : text.Length, text, static (line, from) =>
        {
            for (var i = 0; i < line.Length; i++)
            {
                line[i] = char.IsControl(from[i]) || char.IsSurrogate(from[i]) ? '?' : from[i];
            }
        });
}
