using System;
using System.IO;
using System.Linq;
using System.Text;
using MeshActors.Host.Cli;
using MeshActors.Host.Demo.Texts;
using Xunit;

namespace MeshActors.Host.Tests.Demo.Texts;

public sealed class CorpusReaderTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Texts_come_in_the_order_of_their_paths()
    {
        _directory.Write("b.txt", "two");
        _directory.Write("docs/a.md", "three");
        _directory.Write("a.md", "one");

        Assert.Equal(["a.md", "b.txt", "docs/a.md"], Read().Files.Select(file => file.Path));
        Assert.Equal("three", Read().Find("docs/a.md")?.Text);
        Assert.Null(Read().Find("docs/b.md"));
    }

    [Fact]
    public void Line_ends_and_byte_order_marks_do_not_reach_the_text()
    {
        _directory.Write("a.txt", [0xEF, 0xBB, 0xBF, .. "one\r\ntwo\rthree"u8]);
        _directory.Write("b.txt", [0xFF, 0xFE, .. Encoding.Unicode.GetBytes("wide\r\n")]);

        Assert.Equal(["one\ntwo\nthree", "wide\n"], Read().Files.Select(file => file.Text));
    }

    [Fact]
    public void Empty_blank_and_binary_files_are_left_out_with_a_note_each()
    {
        _directory.Write("a.txt", "text");
        _directory.Write("binary.txt", [1, 2, 0, 3]);
        _directory.Write("blank.md", " \n\n");
        _directory.Write("empty.md", []);
        _directory.Write("noise.txt", [.. Enumerable.Range(1, 255).Select(i => (byte)i)]);
        _directory.Write("picture.png", [1]);

        var corpus = Read();

        Assert.Equal(["a.txt"], corpus.Files.Select(file => file.Path));
        Assert.Equal(
            [
                "binary.txt: binary, left out", "blank.md: blank, left out", "empty.md: empty, left out",
                "noise.txt: binary, left out", "1 of another kind left out",
            ],
            corpus.Notes.AsEnumerable());
    }

    [Fact]
    public void Latin_1_is_read_and_said()
    {
        _directory.Write("a.txt", Encoding.Latin1.GetBytes("Grüße aus dem Süden"));

        Assert.Equal("Grüße aus dem Süden", Assert.Single(Read().Files).Text);
        Assert.Equal(["a.txt: not UTF-8, read as Latin-1"], Read().Notes.AsEnumerable());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void A_huge_file_is_read_up_to_the_bound_and_never_half_a_character(int shift)
    {
        var text = new string('x', shift) + string.Concat(Enumerable.Repeat("€", CorpusReader.MaxFileBytes / 3 + 10));
        _directory.Write("a.txt", text);

        var corpus = Read();

        var read = Assert.Single(corpus.Files).Text;
        Assert.StartsWith(read, text, StringComparison.Ordinal);
        Assert.InRange(Encoding.UTF8.GetByteCount(read), CorpusReader.MaxFileBytes - 3, CorpusReader.MaxFileBytes);
        Assert.Contains("read up to", Assert.Single(corpus.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void Links_and_hidden_and_build_directories_are_not_followed()
    {
        _directory.Write("a.txt", "text");
        _directory.Write(".git/b.txt", "hidden");
        _directory.Write("obj/c.txt", "built");
        Directory.CreateSymbolicLink(Path.Combine(_directory.Root, "loop"), _directory.Root);
        File.CreateSymbolicLink(Path.Combine(_directory.Root, "passwd.txt"), "/etc/passwd");

        Assert.Equal(["a.txt"], Read().Files.Select(file => file.Path));
    }

    [Fact]
    public void Notes_have_a_bound_and_the_rest_is_counted()
    {
        _directory.Write("z.txt", "text");
        for (var i = 0; i < CorpusReader.MaxNotes + 7; i++)
        {
            _directory.Write($"{i:000}.txt", []);
        }

        var notes = Read().Notes;

        Assert.Equal(CorpusReader.MaxNotes + 1, notes.Length);
        Assert.Equal("and 7 more", notes[^1]);
    }

    [Fact]
    public void A_directory_without_text_says_what_was_seen()
    {
        _directory.Write("empty.md", []);

        var failure = Assert.Throws<CommandFailure>(() => Read());

        Assert.Equal("no-input", failure.Code);
        Assert.Contains("empty.md: empty", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_projects_own_documents_are_found_from_below()
    {
        _directory.Write(InputFolder.ProjectMark, "x");
        _directory.Write("README.md", "# Read me");
        _directory.Write("docs/a.md", "# A");
        _directory.Write("src/notes.md", "# Not a document");
        var below = Path.Combine(_directory.Root, "src", "deep");
        Directory.CreateDirectory(below);

        var folder = InputFolder.Find(input: null, [below]);

        Assert.Equal(["README.md", "docs/a.md"], CorpusReader.Read(folder).Files.Select(file => file.Path));
    }

    [Fact]
    public void Without_the_project_the_error_names_what_was_looked_for_and_where()
    {
        var failure = Assert.Throws<CommandFailure>(() => InputFolder.Find(input: null, [_directory.Root]));

        Assert.Contains(InputFolder.ProjectMark, failure.Message, StringComparison.Ordinal);
        Assert.Contains(_directory.Root, failure.Message, StringComparison.Ordinal);
        Assert.Contains("--input", failure.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void A_named_directory_must_be_there_and_be_one()
    {
        var file = _directory.Write("a.txt", "text");

        Assert.Contains("not a directory", Fails(file), StringComparison.Ordinal);
        Assert.Contains("does not exist", Fails(Path.Combine(_directory.Root, "none")), StringComparison.Ordinal);

        static string Fails(string input) => Assert.Throws<CommandFailure>(() => InputFolder.Find(input, [])).Message;
    }

    private TextCorpus Read() => CorpusReader.Read(new InputFolder(_directory.Root, []));
}
