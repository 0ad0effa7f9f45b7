using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;

namespace MeshActors.Conventions.Tests.Rules;

/// <summary>What holds for texts that are not code: documents, settings, and everything that is committed.</summary>
internal static partial class TextRule
{
    /// <summary>Places of one machine that must not be in the repository. Cut in two, so that this file is clean.</summary>
    private static readonly Regex[] MachinePlaces =
    [
        new(@"(?<![\w./~-])/(?:ho" + @"me|Users)/\w"),
        new(@"(?<![\w./~-])/ro" + @"ot/"),
        new(@"(?<![\w./~-])/wo" + @"rk/"),
        new(@"[A-Z]:\\Us" + @"ers\\"),
        new(@"https?://\S*/v3/ind" + @"ex\.json"),
        new(@"https?://[\w.-]*(?:artif" + @"actory|nex" + @"us|verd" + @"accio)"),
    ];

    private static readonly string[] BinaryEndings = [".png", ".jpg", ".ico", ".woff2", ".bin", ".gz", ".pcap"];

    /// <summary>No path of a developer's machine, no private package registry.</summary>
    public static IEnumerable<string> MachinePlaceViolations(string path, string text)
    {
        if (BinaryEndings.Any(ending => path.EndsWith(ending, StringComparison.Ordinal)))
        {
            yield break;
        }

        foreach (var (line, number) in Lines(text))
        {
            foreach (var place in MachinePlaces)
            {
                if (place.Match(line) is { Success: true } match)
                {
                    yield return $"{path}:{number}: '{match.Value}' is a place of one machine";
                }
            }
        }
    }

    /// <summary>Each key of a reference configuration has a comment on the line above it.</summary>
    public static IEnumerable<string> UncommentedKeyViolations(string path, string text)
    {
        var above = string.Empty;
        var openList = false;
        foreach (var (line, number) in Lines(text))
        {
            var trimmed = line.Trim();
            var key = KeyLine().Match(line);
            if (!openList && key.Success && !above.StartsWith('#'))
            {
                yield return $"{path}:{number}: key {key.Groups[1].Value} has no comment above";
            }

            openList = openList
                ? !trimmed.Contains(']', StringComparison.Ordinal)
                : key.Success && trimmed.Contains('[', StringComparison.Ordinal)
                    && !trimmed.Contains(']', StringComparison.Ordinal);
            above = trimmed;
        }
    }

    /// <summary>Each relative link of a document leads to a file, and to a heading where it names one.</summary>
    /// <param name="path">Of the document, relative to the repository.</param>
    /// <param name="text">Its text.</param>
    /// <param name="read">The text of a file or the empty text of a folder, by path; null when there is none.</param>
    public static IEnumerable<string> DeadLinkViolations(string path, string text, Func<string, string?> read)
    {
        foreach (Match match in Link().Matches(WithoutCode(text)))
        {
            var target = match.Groups[1].Value;
            if (Uri.TryCreate(target, UriKind.Absolute, out _))
            {
                continue;
            }

            var parts = target.Split('#', 2);
            var targetPath = parts[0].Length == 0 ? path : Resolve(path, parts[0]);
            var targetText = read(targetPath);
            if (targetText is null)
            {
                yield return $"{path}: link to {target}, there is no {targetPath}";
            }
            else if (parts.Length == 2 && !Headings(targetText).Contains(parts[1]))
            {
                yield return $"{path}: link to {target}, {targetPath} has no such heading";
            }
        }
    }

    private static string Resolve(string from, string to)
    {
        var segments = new List<string>((Path.GetDirectoryName(from) ?? string.Empty)
            .Replace('\\', '/').Split('/', StringSplitOptions.RemoveEmptyEntries));
        foreach (var segment in to.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (segment == ".." && segments.Count > 0)
            {
                segments.RemoveAt(segments.Count - 1);
            }
            else if (segment != ".")
            {
                segments.Add(segment);
            }
        }

        return string.Join('/', segments);
    }

    /// <summary>The anchors that hosts of repositories make of headings: lower case, words joined by dashes.</summary>
    private static IEnumerable<string> Headings(string text) =>
        from line in text.Split('\n')
        where line.StartsWith('#')
        select Anchor(line.TrimStart('#').Trim());

    private static string Anchor(string heading)
    {
        var anchor = new StringBuilder();
        foreach (var character in heading.ToLowerInvariant())
        {
            if (char.IsLetterOrDigit(character) || character is '-' or '_')
            {
                anchor.Append(character);
            }
            else if (character == ' ')
            {
                anchor.Append('-');
            }
        }

        return anchor.ToString();
    }

    private static string WithoutCode(string text) => CodeBlock().Replace(text, string.Empty);

    private static IEnumerable<(string Line, int Number)> Lines(string text) =>
        text.Split('\n').Select((line, index) => (line, index + 1));

    [GeneratedRegex(@"^\s*([\w.""-]+)\s*(?:=|:)")]
    private static partial Regex KeyLine();

    [GeneratedRegex(@"(?<!!)\[[^\]\n]*\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("```.*?```|`[^`\n]*`", RegexOptions.Singleline)]
    private static partial Regex CodeBlock();
}
