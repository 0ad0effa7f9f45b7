using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using MeshActors.Host.Demo.Texts;

namespace MeshActors.Host.Demo.Agents;

/// <summary>What links into one text can point at, and what its own reference links mean.</summary>
/// <remarks>
/// Anchors are made as GitHub makes them: lower case, letters, digits, hyphens and underscores stay, a space becomes a
/// hyphen, the second of the same gets <c>-1</c>.
/// </remarks>
internal sealed partial class DocumentOutline
{
    private const int MatchTimeoutMs = 1_000;

    private readonly Dictionary<string, TitleLine> _anchors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _definitions = new(StringComparer.OrdinalIgnoreCase);

    public DocumentOutline(TextFile file)
    {
        TitleLine? firstLine = null;
        TitleLine? firstHeading = null;
        foreach (var line in TextLine.ReadAll(file.Text))
        {
            if (line.Kind == LineKind.Heading)
            {
                var title = new TitleLine(file.Path, line.Number, PlainText.Prose(line.Content));
                firstHeading ??= title;
                AddAnchor(line.Content, title);
            }
            else if (line.Kind == LineKind.Text)
            {
                firstLine ??= new TitleLine(file.Path, line.Number, PlainText.Prose(line.Content));
                if (Definition().Match(line.Content) is { Success: true } match)
                {
                    _definitions.TryAdd(match.Groups[1].Value, match.Groups[2].Value);
                }
            }
        }

        Title = firstHeading ?? firstLine;
    }

    /// <summary>The first heading, or the first line of a text without any; null when all of it is code.</summary>
    public TitleLine? Title { get; }

    /// <summary>The heading with an anchor, or null.</summary>
    public TitleLine? FindAnchor(string anchor) => _anchors.GetValueOrDefault(anchor);

    /// <summary>Where a reference link's label leads, or null.</summary>
    public string? FindDefinition(string label) => _definitions.GetValueOrDefault(label);

    private void AddAnchor(string heading, TitleLine title)
    {
        var slug = SlugOf(PlainText.Prose(heading));
        var anchor = slug;
        for (var copy = 1; !_anchors.TryAdd(anchor, title); copy++)
        {
            anchor = string.Create(CultureInfo.InvariantCulture, $"{slug}-{copy}");
        }
    }

    private static string SlugOf(string heading)
    {
        var slug = new StringBuilder(heading.Length);
        foreach (var c in heading.ToLowerInvariant())
        {
            if (char.IsLetterOrDigit(c) || c is '-' or '_')
            {
                slug.Append(c);
            }
            else if (c == ' ')
            {
                slug.Append('-');
            }
        }

        return slug.ToString();
    }

    [GeneratedRegex(@"^ {0,3}\[([^\[\]]+)\]:\s*<?([^\s<>]+)>?", RegexOptions.CultureInvariant, MatchTimeoutMs)]
    private static partial Regex Definition();
}
