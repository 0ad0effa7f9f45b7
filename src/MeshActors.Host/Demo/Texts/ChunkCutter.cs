using System;
using System.Collections.Generic;

namespace MeshActors.Host.Demo.Texts;

/// <summary>Cuts a text into chunks at headings and paragraphs.</summary>
/// <remarks>
/// Paragraphs and code blocks stay whole unless one alone is longer than a chunk; then it is cut at the end of a line,
/// of a sentence, of a word, or hard, whatever comes first. A heading begins a chunk once the one before is half full.
/// No character but white space is lost, and none comes twice.
/// </remarks>
internal static class ChunkCutter
{
    /// <summary>Chunks in the order of the text; one at least.</summary>
    public static List<TextChunk> Cut(TextFile file, ChunkShape shape)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(shape.Chars, ChunkShape.MinChars, nameof(shape));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(shape.Chars, ChunkShape.MaxChars, nameof(shape));
        ArgumentOutOfRangeException.ThrowIfLessThan(shape.FirstChars, 1, nameof(shape));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(shape.FirstChars, shape.Chars, nameof(shape));

        var chunks = new List<TextChunk>();
        Block? pending = null;
        foreach (var block in Pieces(file.Text, shape.Chars))
        {
            var limit = chunks.Count == 0 ? shape.FirstChars : shape.Chars;
            if (pending is not { } open)
            {
                pending = block;
                continue;
            }

            var startsAnew = block.BeginsSection && open.Text.Length >= limit / 2;
            if (startsAnew || open.Text.Length + 2 + block.Text.Length > limit)
            {
                chunks.Add(new TextChunk(file.Path, open.Line, open.Heading, open.Text));
                pending = block;
            }
            else
            {
                pending = open with { Text = open.Text + "\n\n" + block.Text };
            }
        }

        if (pending is { } last)
        {
            chunks.Add(new TextChunk(file.Path, last.Line, last.Heading, last.Text));
        }

        return chunks;
    }

    private static IEnumerable<Block> Pieces(string text, int limit)
    {
        foreach (var block in Blocks(text))
        {
            var rest = block;
            while (rest.Text.Length > limit)
            {
                var at = CutAt(rest.Text, limit);
                var head = rest.Text[..at].TrimEnd();
                if (head.Length > 0)
                {
                    yield return rest with { Text = head };
                }

                var tail = rest.Text[at..];
                var skipped = tail.Length - tail.TrimStart().Length;
                var line = rest.Line + rest.Text.AsSpan(0, at + skipped).Count('\n');
                rest = new Block(line, rest.Heading, tail[skipped..], BeginsSection: false);
            }

            if (rest.Text.Length > 0)
            {
                yield return rest;
            }
        }
    }

    /// <summary>Where to cut, from 1 to <paramref name="limit"/>: never between the halves of a surrogate
    /// pair.</summary>
    private static int CutAt(string text, int limit)
    {
        var head = text.AsSpan(0, limit);
        foreach (var mark in (ReadOnlySpan<string>)["\n", ". ", " "])
        {
            var at = head.LastIndexOf(mark);
            if (at > limit / 4)
            {
                return at + mark.Length;
            }
        }

        return char.IsHighSurrogate(text[limit - 1]) ? limit - 1 : limit;
    }

    private static IEnumerable<Block> Blocks(string text)
    {
        var raw = text.Split('\n');
        var heading = string.Empty;
        var start = -1;
        var beginsSection = false;
        foreach (var line in TextLine.ReadAll(text))
        {
            var index = line.Number - 1;
            var isMarkup = line.Kind == LineKind.Blank && !string.IsNullOrWhiteSpace(raw[index]);
            if (start >= 0 && (line.Kind == LineKind.Heading || (line.Kind == LineKind.Blank && !isMarkup)))
            {
                yield return Join(raw, start, index, heading, beginsSection);
                (start, beginsSection) = (-1, false);
            }

            if (line.Kind == LineKind.Heading)
            {
                (heading, beginsSection) = (line.Content, true);
            }

            if (start < 0 && (line.Kind != LineKind.Blank || isMarkup) && !string.IsNullOrWhiteSpace(raw[index]))
            {
                start = index;
            }
        }

        if (start >= 0)
        {
            yield return Join(raw, start, raw.Length, heading, beginsSection);
        }
    }

    private static Block Join(string[] raw, int start, int end, string heading, bool beginsSection) =>
        new(start + 1, heading, string.Join('\n', raw, start, end - start).TrimEnd(), beginsSection);

    private readonly record struct Block(int Line, string Heading, string Text, bool BeginsSection);
}
