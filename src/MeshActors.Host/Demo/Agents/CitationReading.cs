using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using MeshActors.Host.Demo.Texts;

namespace MeshActors.Host.Demo.Agents;

/// <summary>Finds what a piece of text points at, and the lines of the corpus that say what those things are
/// called.</summary>
/// <remarks>
/// Found are <c>RFC 9000</c> in any spelling with its number, Markdown links (inline, by reference, in angle brackets)
/// and bare web addresses; not what stands in code. A web address of an RFC counts as the RFC. A relative link leads
/// from the text's own directory; its title is the heading its anchor names, else the target's first heading.
/// </remarks>
internal sealed partial class CitationReading
{
    /// <summary>Different targets reported of one piece.</summary>
    public const int MaxCitations = 200;

    private const string Rfc = "rfc";
    private const string File = "file";
    private const string Web = "web";
    private const int MatchTimeoutMs = 1_000;

    private readonly TextCorpus _corpus;
    private readonly RfcTitles _rfcs;
    private readonly Dictionary<string, DocumentOutline> _outlines;

    /// <summary>Reads the whole corpus once.</summary>
    public CitationReading(TextCorpus corpus)
    {
        _corpus = corpus;
        _rfcs = new RfcTitles(corpus);
        _outlines = corpus.Files.ToDictionary(
            file => file.Path, file => new DocumentOutline(file), StringComparer.Ordinal);
    }

    /// <summary>Takes any text.</summary>
    /// <param name="file">Path of the text the piece is from; relative links start at its directory.</param>
    /// <param name="text">The piece.</param>
    public Citations Read(string file, string text)
    {
        var found = new Dictionary<(string Kind, string Target), int>();
        var order = new List<(string Kind, string Target)>();
        foreach (var target in Targets(file, text))
        {
            if (found.TryGetValue(target, out var count))
            {
                found[target] = count + 1;
            }
            else if (order.Count < MaxCitations)
            {
                found.Add(target, 1);
                order.Add(target);
            }
        }

        List<Citation> items = [.. order.Select(target => Resolve(target, found[target]))];
        return new Citations(items, items.Count(item => item.Title is not null));
    }

    private IEnumerable<(string Kind, string Target)> Targets(string file, string text)
    {
        var prose = new StringBuilder();
        foreach (var line in TextLine.ReadAll(text))
        {
            if (line.Kind is LineKind.Text or LineKind.Heading)
            {
                prose.Append(CodeSpan().Replace(line.Content, " ")).Append('\n');
            }
        }

        foreach (Match match in Pointer().Matches(prose.ToString()))
        {
            if (match.Groups["rfc"] is { Success: true } rfc)
            {
                yield return (Rfc, RfcName(rfc.Value));
            }
            else if (TargetOf(match, file) is { } target && Classify(file, target) is { } classified)
            {
                yield return classified;
            }
        }
    }

    private string? TargetOf(Match match, string file)
    {
        if (match.Groups["url"] is { Success: true } url)
        {
            return url.Value.TrimEnd('.', ',', ';', ':', '!', '?', ')', '"', '\'');
        }

        if (match.Groups["target"] is { Success: true } inline)
        {
            return inline.Value;
        }

        var label = match.Groups["label"] is { Length: > 0 } named ? named.Value : match.Groups["text"].Value;
        return _outlines.GetValueOrDefault(file)?.FindDefinition(label);
    }

    private static (string Kind, string Target)? Classify(string file, string target)
    {
        if (target.StartsWith("http://", StringComparison.OrdinalIgnoreCase)
            || target.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
        {
            var rfc = RfcUrl().Match(target);
            return rfc.Success ? (Rfc, RfcName(rfc.Groups[1].Value)) : (Web, target);
        }

        if (Scheme().IsMatch(target) || CorpusPath.Resolve(file, target) is not { } path)
        {
            return null;
        }

        return (File, path);
    }

    private Citation Resolve((string Kind, string Target) found, int count)
    {
        var title = found.Kind switch
        {
            Rfc => _rfcs.Find(int.Parse(found.Target.AsSpan(4), CultureInfo.InvariantCulture)),
            File => TitleOfFile(found.Target),
            _ => null,
        };
        var at = title is null ? null : string.Create(CultureInfo.InvariantCulture, $"{title.File}:{title.Line}");
        return new Citation(found.Kind, found.Target, count, title?.Title, at);
    }

    private TitleLine? TitleOfFile(string target)
    {
        var parts = target.Split('#', 2);
        var outline = (_corpus.Find(parts[0]) ?? _corpus.Find(CorpusPath.Below(parts[0], "README.md"))) is { } file
            ? _outlines[file.Path]
            : null;
        return parts.Length == 2 ? outline?.FindAnchor(parts[1]) : outline?.Title;
    }

    private static string RfcName(string digits) =>
        string.Create(CultureInfo.InvariantCulture, $"RFC {int.Parse(digits, CultureInfo.InvariantCulture)}");

    [GeneratedRegex(@"(`+)[^`]+\1", RegexOptions.CultureInvariant, MatchTimeoutMs)]
    private static partial Regex CodeSpan();

    /// <summary>An inline link, a link by reference, a web address, or an RFC's number.</summary>
    [GeneratedRegex(
        @"\[(?<text>[^\[\]]*)\](?:\(\s*<?(?<target>[^()\s<>]+)>?(?:\s+""[^""]*"")?\s*\)|\[(?<label>[^\[\]]*)\])"
        + @"|(?<url>\bhttps?://[^\s<>\[\]|]+)"
        + @"|\bRFC[ -]?(?<rfc>\d{1,5})\b",
        RegexOptions.CultureInvariant,
        MatchTimeoutMs)]
    private static partial Regex Pointer();

    [GeneratedRegex(
        @"^https?://[^/]*(?:rfc-editor|ietf)\.org/.*?rfc(\d{1,5})\b",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase,
        MatchTimeoutMs)]
    private static partial Regex RfcUrl();

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9+.\-]*:", RegexOptions.CultureInvariant, MatchTimeoutMs)]
    private static partial Regex Scheme();
}
