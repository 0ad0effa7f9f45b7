using System;
using System.Collections.Generic;

namespace MeshActors.Host.Demo.Texts;

/// <summary>A line of a text, and what it is in Markdown.</summary>
/// <param name="Number">1 for the first line.</param>
/// <param name="Kind">What the line is.</param>
/// <param name="Content">The line; of a heading its words without the mark-up.</param>
/// <remarks>
/// Headings are those with <c>#</c> and those underlined with <c>=</c> or <c>-</c> (CommonMark, sections 4.2 and 4.3).
/// A fence of three or more backticks or tildes opens a code block, which ends at the next fence of the same sign that
/// is as long, or at the end of the text.
/// </remarks>
internal readonly record struct TextLine(int Number, LineKind Kind, string Content)
{
    private const int MaxHeadingLevel = 6;
    private const int MinFence = 3;

    /// <summary>Classifies every line of a text.</summary>
    public static List<TextLine> ReadAll(string text)
    {
        var raw = text.Split('\n');
        var lines = new List<TextLine>(raw.Length);
        var fence = default(ReadOnlySpan<char>);
        for (var i = 0; i < raw.Length; i++)
        {
            var line = raw[i];
            var sign = FenceOf(line);
            if (!fence.IsEmpty)
            {
                lines.Add(new TextLine(i + 1, LineKind.Code, line));
                if (sign.Length >= fence.Length && sign[0] == fence[0] && line.AsSpan().Trim().Length == sign.Length)
                {
                    fence = default;
                }
            }
            else if (!sign.IsEmpty)
            {
                fence = sign;
                lines.Add(new TextLine(i + 1, LineKind.Code, line));
            }
            else if (IsUnderline(line) && lines.Count > 0 && lines[^1].Kind == LineKind.Text && StandsAlone(lines))
            {
                lines[^1] = new TextLine(i, LineKind.Heading, raw[i - 1].Trim());
                lines.Add(new TextLine(i + 1, LineKind.Blank, string.Empty));
            }
            else
            {
                lines.Add(Plain(line, i + 1));
            }
        }

        return lines;
    }

    private static TextLine Plain(string line, int number)
    {
        if (string.IsNullOrWhiteSpace(line))
        {
            return new TextLine(number, LineKind.Blank, string.Empty);
        }

        var level = line.AsSpan().IndexOfAnyExcept('#');
        if (level is >= 1 and <= MaxHeadingLevel && line[level] is ' ' or '\t')
        {
            var words = line[level..].Trim().TrimEnd('#').Trim();
            return words.Length > 0
                ? new TextLine(number, LineKind.Heading, words)
                : new TextLine(number, LineKind.Blank, string.Empty);
        }

        return new TextLine(number, LineKind.Text, line);
    }

    private static ReadOnlySpan<char> FenceOf(string line)
    {
        var rest = line.AsSpan().TrimStart(' ');
        if (rest.IsEmpty || rest[0] is not ('`' or '~'))
        {
            return default;
        }

        var length = rest.IndexOfAnyExcept(rest[0]);
        length = length < 0 ? rest.Length : length;
        return length >= MinFence && !(rest[0] == '`' && rest[length..].Contains('`')) ? rest[..length] : default;
    }

    private static bool IsUnderline(string line)
    {
        var rest = line.AsSpan().TrimEnd();
        return rest.Length >= 2 && rest[0] is '=' or '-' && rest.IndexOfAnyExcept(rest[0]) < 0;
    }

    /// <summary>Only a single line is taken for an underlined heading: under a longer paragraph a row of dashes is a
    /// rule.</summary>
    private static bool StandsAlone(List<TextLine> lines) => lines.Count == 1 || lines[^2].Kind == LineKind.Blank;
}
