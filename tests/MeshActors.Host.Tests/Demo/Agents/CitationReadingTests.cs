using System.Linq;
using CsCheck;
using MeshActors.Host.Demo.Agents;
using MeshActors.Host.Demo.Texts;
using Xunit;

namespace MeshActors.Host.Tests.Demo.Agents;

public sealed class CitationReadingTests
{
    private static readonly TextCorpus Corpus = new(
        [
            new TextFile("README.md", "# The project\n\nText.\n\n## How to run\n\n## How to run\n"),
            new TextFile(
                "docs/protocol.md",
                "# Protocol\n\n* RFC 9000: QUIC: A UDP-Based Multiplexed and Secure Transport\n"
                + "* [RFC 8489](https://www.rfc-editor.org/rfc/rfc8489) — Session Traversal Utilities for NAT (STUN)\n"
                + "\n| RFC 7983 | Multiplexing Scheme Updates for SRTP | used in 1 |\n"
                + "\n* RFC 5389: obsolete\n\nRFC 4303, section 3.4.3, has the window.\n\n[spec]: ../notes.txt\n"),
            new TextFile(
                "docs/rfc9443.txt",
                "\nIETF                       A. Author\nRequest for Comments: 9443      July 2023\nUpdates: 5764\n\n"
                + "              Multiplexing Scheme Updates for QUIC\n              and Others\n\nAbstract\n"),
            new TextFile("notes.txt", "First line of the notes\nSecond line\n"),
        ],
        []);

    private readonly CitationReading _reading = new(Corpus);

    [Theory]
    [InlineData("see RFC 9000, section 16", "RFC 9000", "QUIC: A UDP-Based Multiplexed and Secure Transport", "docs/protocol.md:3")]
    [InlineData("see RFC8489", "RFC 8489", "Session Traversal Utilities for NAT (STUN)", "docs/protocol.md:4")]
    [InlineData("see RFC-7983.", "RFC 7983", "Multiplexing Scheme Updates for SRTP", "docs/protocol.md:6")]
    [InlineData("(RFC 9443)", "RFC 9443", "Multiplexing Scheme Updates for QUIC and Others", "docs/rfc9443.txt:6")]
    [InlineData("RFC 4303 has it", "RFC 4303", null, null)]
    [InlineData("RFC 5389 is one word", "RFC 5389", null, null)]
    [InlineData("<https://www.rfc-editor.org/rfc/rfc9000.html>", "RFC 9000", "QUIC: A UDP-Based Multiplexed and Secure Transport", "docs/protocol.md:3")]
    public void An_rfc_is_resolved_to_the_line_that_gives_its_title(string text, string target, string? title, string? at) =>
        Assert.Equal(
            [new Citation("rfc", target, 1, title, at)], _reading.Read("docs/protocol.md", text).Items);

    [Theory]
    [InlineData("docs/protocol.md", "[a](../README.md)", "README.md", "The project", "README.md:1")]
    [InlineData("README.md", "[`p`](docs/protocol.md \"title\")", "docs/protocol.md", "Protocol", "docs/protocol.md:1")]
    [InlineData("README.md", "[a](#how-to-run-1)", "README.md#how-to-run-1", "How to run", "README.md:7")]
    [InlineData("README.md", "[a](./docs/../notes.txt)", "notes.txt", "First line of the notes", "notes.txt:1")]
    [InlineData("docs/protocol.md", "[the spec][spec] or [spec][]", "notes.txt", "First line of the notes", "notes.txt:1")]
    [InlineData("README.md", "[a](src/Program.cs)", "src/Program.cs", null, null)]
    [InlineData("README.md", "[a](docs/protocol.md#none)", "docs/protocol.md#none", null, null)]
    [InlineData("docs/protocol.md", "[a](/)", "", "The project", "README.md:1")]
    public void A_relative_link_is_resolved_to_the_heading_it_leads_to(string file, string text, string target, string? title, string? at)
    {
        var citation = Assert.Single(_reading.Read(file, text).Items);

        Assert.Equal(("file", target, title, at), (citation.Kind, citation.Target, citation.Title, citation.TitleAt));
    }

    [Theory]
    [InlineData("[a](../../etc/passwd)")]
    [InlineData("[a](mailto:a@example.org)")]
    [InlineData("`RFC 9000` and ``[a](b)``")]
    [InlineData("```\nRFC 9000\n```")]
    [InlineData("[a][nowhere]")]
    [InlineData("an array[0] (not a link), XRFC 1")]
    public void What_leads_nowhere_or_stands_in_code_is_no_citation(string text) =>
        Assert.Empty(_reading.Read("README.md", text).Items);

    [Fact]
    public void Each_target_comes_once_with_its_count_and_web_addresses_lose_the_sentences_end()
    {
        var citations = _reading.Read("README.md", "RFC 9000, https://example.org/a. RFC 9000 (https://example.org/a) RFC9000");

        Assert.Equal(
            [
                ("rfc", "RFC 9000", 3),
                ("web", "https://example.org/a", 2),
            ],
            citations.Items.Select(item => (item.Kind, item.Target, item.Count)));
        Assert.Equal(1, citations.Resolved);
    }

    [Fact]
    public void More_targets_than_the_bound_are_left_out()
    {
        var text = string.Join(' ', Enumerable.Range(1, CitationReading.MaxCitations + 5).Select(number => $"RFC {number}"));

        var items = _reading.Read("README.md", text + " RFC 1").Items;

        Assert.Equal(CitationReading.MaxCitations, items.Count);
        Assert.Equal(2, items[0].Count);
    }

    [Fact]
    public void Any_text_is_taken() =>
        Gen.OneOf("[", "]", "(", ")", "RFC ", "RFC", "9000", "#a", "../", "https://", "x", "`", "\n", "\"", "99999", "|", "[a](b)")
            .List[0, 2_000]
            .Select(string.Concat)
            .Sample(text => Assert.InRange(_reading.Read("docs/protocol.md", text).Items.Count, 0, CitationReading.MaxCitations), iter: 200);
}
