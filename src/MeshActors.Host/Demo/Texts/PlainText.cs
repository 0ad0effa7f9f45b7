using System.Collections.Generic;
using System.Text;
using System.Text.RegularExpressions;

namespace MeshActors.Host.Demo.Texts;

/// <summary>The prose of a text: Markdown's signs, code blocks and link targets taken out.</summary>
internal static partial class PlainText
{
    /// <summary>Patterns here are linear in practice; the bound is for what nobody thought of.</summary>
    private const int MatchTimeoutMs = 1_000;

    /// <summary>One string per heading, paragraph, list item or row of a table; none is blank.</summary>
    /// <remarks>Lines of one paragraph are joined with a space.</remarks>
    public static List<string> Paragraphs(string text)
    {
        var paragraphs = new List<string>();
        var open = new StringBuilder();
        foreach (var line in TextLine.ReadAll(text))
        {
            var startsItem = line.Kind == LineKind.Text && ItemMark().IsMatch(line.Content);
            if (line.Kind != LineKind.Text || startsItem)
            {
                Close(paragraphs, open);
            }

            if (line.Kind is LineKind.Text or LineKind.Heading)
            {
                open.Append(open.Length > 0 ? " " : string.Empty).Append(Prose(line.Content));
            }

            if (line.Kind == LineKind.Heading)
            {
                Close(paragraphs, open);
            }
        }

        Close(paragraphs, open);
        return paragraphs;
    }

    /// <summary>One line without its signs.</summary>
    public static string Prose(string line)
    {
        var prose = ItemMark().Replace(line, string.Empty);
        prose = InlineLink().Replace(prose, "$1");
        prose = BareUrl().Replace(prose, string.Empty);
        return Signs().Replace(prose, " ").Trim();
    }

    private static void Close(List<string> paragraphs, StringBuilder open)
    {
        if (open.Length > 0 && !string.IsNullOrWhiteSpace(open.ToString()))
        {
            paragraphs.Add(open.ToString().Trim());
        }

        open.Clear();
    }

    /// <summary>A bullet, a number, a quote or the bar of a table at the beginning of a line.</summary>
    [GeneratedRegex(@"^\s*(?:[-*+>|]\s*|\d{1,9}[.)]\s+)", RegexOptions.CultureInvariant, MatchTimeoutMs)]
    private static partial Regex ItemMark();

    [GeneratedRegex(
        @"!?\[([^\[\]]*)\](?:\([^()\s]*(?:\s+""[^""]*"")?\)|\[[^\[\]]*\])",
        RegexOptions.CultureInvariant,
        MatchTimeoutMs)]
    private static partial Regex InlineLink();

    [GeneratedRegex(
        @"<?\bhttps?://[^\s<>]+>?", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase, MatchTimeoutMs)]
    private static partial Regex BareUrl();

    [GeneratedRegex(@"[`*|~]+|(?<!\w)_+|_+(?!\w)", RegexOptions.CultureInvariant, MatchTimeoutMs)]
    private static partial Regex Signs();
}
