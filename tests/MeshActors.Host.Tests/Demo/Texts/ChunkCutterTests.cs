using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using CsCheck;
using MeshActors.Host.Demo.Texts;
using Xunit;

namespace MeshActors.Host.Tests.Demo.Texts;

public sealed class ChunkCutterTests
{
    private static readonly Gen<string> Texts = Gen.OneOf(
            Gen.OneOf("# Heading\n", "Title\n=====\n", "```\ncode\n\nmore\n```\n", "\n", "\n\n", "---\n", "😀😀😀"),
            Gen.String[Gen.Char.AlphaNumeric, 0, 40],
            Gen.OneOf(" ", ". ", "one two three\n"))
        .List[1, 120]
        .Select(string.Concat)
        .Where(text => !string.IsNullOrWhiteSpace(text));

    [Fact]
    public void Sections_and_paragraphs_stay_whole_and_know_their_heading_and_line()
    {
        var text = "# One\n\n" + Sentence(40) + "\n\n## Two\n\n" + Sentence(30) + "\n";

        var chunks = ChunkCutter.Cut(new TextFile("a.md", text), new ChunkShape(400, 400));

        Assert.Equal(2, chunks.Count);
        Assert.Equal(new TextChunk("a.md", 1, "One", "# One\n\n" + Sentence(40)), chunks[0]);
        Assert.Equal(new TextChunk("a.md", 5, "Two", "## Two\n\n" + Sentence(30)), chunks[1]);

        static string Sentence(int words) => string.Join(' ', Enumerable.Repeat("word", words)) + ".";
    }

    [Fact]
    public void Nothing_but_white_space_is_lost_and_no_chunk_is_too_long_or_blank() =>
        Gen.Select(Texts, Gen.Int[ChunkShape.MinChars, 300], Gen.Double[0, 1]).Sample((text, chars, share) =>
        {
            var shape = new ChunkShape(chars, Math.Max(1, (int)(chars * share)));

            var chunks = ChunkCutter.Cut(new TextFile("a.md", text), shape);

            Assert.Equal(WithoutWhiteSpace(text), WithoutWhiteSpace(string.Concat(chunks.Select(chunk => chunk.Text))));
            Assert.All(chunks, chunk => Assert.InRange(chunk.Text.Length, 1, chars));
            Assert.All(chunks, chunk => Assert.False(string.IsNullOrWhiteSpace(chunk.Text)));
            Assert.All(chunks, chunk => Assert.DoesNotContain('\uFFFD', ThroughUtf8(chunk.Text)));
        });

    [Fact]
    public void A_chunk_begins_on_the_line_it_names() =>
        Texts.Sample(text =>
        {
            var lines = text.Split('\n');
            foreach (var chunk in ChunkCutter.Cut(new TextFile("a.md", text), new ChunkShape(100, 100)))
            {
                Assert.Contains(chunk.Text.Split('\n')[0].Trim(), lines[chunk.Line - 1], StringComparison.Ordinal);
            }
        });

    [Fact]
    public void Headings_in_code_and_under_long_paragraphs_are_none()
    {
        List<TextLine> lines = TextLine.ReadAll("# A\n```sh\n# no\n```\none\ntwo\n---\n\nB\n---\n~~~\n# no\n");

        Assert.Equal(
            ["A", "B"], lines.Where(line => line.Kind == LineKind.Heading).Select(line => line.Content));
        Assert.Equal(
            [2, 3, 4, 11, 12, 13], lines.Where(line => line.Kind == LineKind.Code).Select(line => line.Number));
    }

    private static string WithoutWhiteSpace(string text) => string.Concat(text.Where(c => !char.IsWhiteSpace(c)));

    private static string ThroughUtf8(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
