using System.Collections.Generic;
using System.Linq;

namespace MeshActors.Host.Configuration;

/// <summary>Finds braces and brackets that are never closed, and closes them where the indentation says they end.</summary>
/// <remarks>
/// Only a file whose braces do not match is looked at closer: then a closing brace at the start of a line belongs to the
/// line with the same indentation, and what was opened in between is unclosed. The closing tokens put in for the missing
/// ones carry the line of their opening, so that the parser can name the key and goes on as if the file were right.
/// </remarks>
internal static class HoconBraces
{
    public static IReadOnlyList<HoconToken> Balance(IReadOnlyList<HoconToken> tokens)
    {
        var indents = Indents(tokens);
        var unclosed = Match(tokens, indents, byIndent: false, out var closers);
        if (unclosed.Count == 0)
        {
            return tokens;
        }

        unclosed = Match(tokens, indents, byIndent: true, out closers);
        if (unclosed.Count > HoconParser.MaxDepth)
        {
            // The parser stops at its depth; to look for the end of each would take time squared.
            return tokens;
        }

        var inserted = unclosed
            .Select(opening => (Opening: opening.Index, At: EndOf(tokens, indents, closers, opening.Index, opening.Limit)))
            .OrderByDescending(pair => pair.Opening)
            .ToLookup(pair => pair.At, pair => pair.Opening);
        var balanced = new List<HoconToken>(tokens.Count + unclosed.Count);
        for (var index = 0; index < tokens.Count; index++)
        {
            foreach (var opening in inserted[index])
            {
                var brace = tokens[opening].Kind == HoconTokenKind.OpenBrace;
                balanced.Add(new HoconToken(
                    brace ? HoconTokenKind.CloseBrace : HoconTokenKind.CloseBracket,
                    brace ? "}" : "]",
                    tokens[index].Line,
                    0,
                    false)
                {
                    MissingSince = tokens[opening].Line,
                });
                balanced.Add(new HoconToken(HoconTokenKind.Newline, "\n", tokens[index].Line, 0, false));
            }

            balanced.Add(tokens[index]);
        }

        return balanced;
    }

    /// <summary>The indentation of the line each token stands in.</summary>
    private static int[] Indents(IReadOnlyList<HoconToken> tokens)
    {
        var indents = new int[tokens.Count];
        var current = 0;
        for (var index = 0; index < tokens.Count; index++)
        {
            current = tokens[index].FirstOnLine ? tokens[index].SpacesBefore : current;
            indents[index] = current;
        }

        return indents;
    }

    private static List<(int Index, int Limit)> Match(
        IReadOnlyList<HoconToken> tokens, int[] indents, bool byIndent, out Dictionary<int, int> closers)
    {
        closers = [];
        var unclosed = new List<(int Index, int Limit)>();
        var open = new List<int>();
        for (var index = 0; index < tokens.Count; index++)
        {
            var kind = tokens[index].Kind;
            if (kind is HoconTokenKind.OpenBrace or HoconTokenKind.OpenBracket)
            {
                open.Add(index);
            }
            else if (kind is HoconTokenKind.CloseBrace or HoconTokenKind.CloseBracket)
            {
                var wanted = kind == HoconTokenKind.CloseBrace ? HoconTokenKind.OpenBrace : HoconTokenKind.OpenBracket;
                var match = open.FindLastIndex(opening => tokens[opening].Kind == wanted);
                if (byIndent && tokens[index].FirstOnLine)
                {
                    var sameIndent = open.FindLastIndex(
                        opening => tokens[opening].Kind == wanted && indents[opening] == indents[index]);
                    match = sameIndent >= 0 ? sameIndent : match;
                }

                if (match < 0)
                {
                    continue;
                }

                for (var lost = match + 1; lost < open.Count; lost++)
                {
                    unclosed.Add((open[lost], index));
                }

                closers[open[match]] = index;
                open.RemoveRange(match, open.Count - match);
            }
        }

        unclosed.AddRange(open.Select(opening => (opening, tokens.Count - 1)));
        return unclosed;
    }

    /// <summary>Where an unclosed brace ends: before the first line after it that is indented no deeper, else at the limit.</summary>
    private static int EndOf(
        IReadOnlyList<HoconToken> tokens, int[] indents, Dictionary<int, int> closers, int opening, int limit)
    {
        for (var index = opening + 1; index < limit; index++)
        {
            var token = tokens[index];
            if (token.FirstOnLine && token.Kind != HoconTokenKind.Newline && token.SpacesBefore <= indents[opening])
            {
                return index;
            }

            index = closers.GetValueOrDefault(index, index);
        }

        return limit;
    }
}
