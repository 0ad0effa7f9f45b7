using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using MeshActors.Host.Demo.Texts;

namespace MeshActors.Host.Demo.Agents;

/// <summary>The lines of the corpus that say what an RFC is called.</summary>
/// <remarks>
/// Best is the RFC itself among the texts: the paragraph after the header that holds <c>Request for Comments: 9000</c>.
/// Else the first line, list item or table row that begins with the RFC's number and goes on with a colon, a dash, a
/// bar or a quotation mark and at least two words: <c>* RFC 9000: QUIC: A UDP-Based Multiplexed and Secure
/// Transport</c>.
/// </remarks>
internal sealed partial class RfcTitles
{
    /// <summary>Titles kept; there are about ten thousand RFCs.</summary>
    public const int MaxTitles = 20_000;

    private const int HeaderLines = 40;
    private const int MatchTimeoutMs = 1_000;

    private readonly Dictionary<int, TitleLine> _titles = [];

    /// <summary>Reads the whole corpus once.</summary>
    public RfcTitles(TextCorpus corpus)
    {
        foreach (var file in corpus.Files)
        {
            AddOwnTitle(file);
        }

        foreach (var file in corpus.Files)
        {
            AddMentions(file);
        }
    }

    /// <summary>The title of an RFC, or null when no line gives it.</summary>
    public TitleLine? Find(int number) => _titles.GetValueOrDefault(number);

    private void AddOwnTitle(TextFile file)
    {
        var lines = file.Text.Split('\n', HeaderLines + 1);
        var header = System.Array.FindIndex(lines, line => OwnNumber().IsMatch(line));
        if (header < 0 || header >= HeaderLines)
        {
            return;
        }

        var number = int.Parse(OwnNumber().Match(lines[header]).Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        var at = header;
        while (at < lines.Length && !string.IsNullOrWhiteSpace(lines[at]))
        {
            at++;
        }

        while (at < lines.Length && string.IsNullOrWhiteSpace(lines[at]))
        {
            at++;
        }

        var title = string.Join(
            ' ',
            lines.Skip(at).TakeWhile(line => !string.IsNullOrWhiteSpace(line)).Select(line => line.Trim()));
        Add(number, new TitleLine(file.Path, at + 1, title));
    }

    private void AddMentions(TextFile file)
    {
        foreach (var line in TextLine.ReadAll(file.Text))
        {
            if (line.Kind is not (LineKind.Text or LineKind.Heading)
                || Mention().Match(line.Content) is not { Success: true } match)
            {
                continue;
            }

            var title = PlainText.Prose(match.Groups[2].Value.Split('|')[0])
                .Trim(' ', '"', '“', '”', '.', ',', ';');
            if (CountWords(title) >= 2)
            {
                Add(
                    int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture),
                    new TitleLine(file.Path, line.Number, title));
            }
        }
    }

    private void Add(int number, TitleLine title)
    {
        if (title.Title.Length > 0 && _titles.Count < MaxTitles)
        {
            _titles.TryAdd(number, title);
        }
    }

    private static int CountWords(string title)
    {
        var words = new WordReader(title);
        var count = 0;
        while (words.MoveNext())
        {
            count++;
        }

        return count;
    }

    [GeneratedRegex(@"^\s*Request for Comments: (\d{1,5})\b", RegexOptions.CultureInvariant, MatchTimeoutMs)]
    private static partial Regex OwnNumber();

    /// <summary>Marks of a list, quote, table or emphasis; the number, perhaps as a link; a separator; the
    /// rest.</summary>
    [GeneratedRegex(
        @"^\s*(?:[-*+>|]\s*|\d{1,3}[.)]\s+)?"
        + @"[\[*`_]{0,3}RFC[ -]?(\d{1,5})[\]*`_]{0,3}(?:\([^()\s]*\))?[\]*`_]{0,3}"
        + @"\s*(?:[:|–—]|-\s|,?\s*(?=[""“]))\s*(\S.*)$",
        RegexOptions.CultureInvariant,
        MatchTimeoutMs)]
    private static partial Regex Mention();
}
