using System;
using System.IO;
using System.Linq;
using MeshActors.Conventions.Tests.Rules;
using MeshActors.Conventions.Tests.Sources;
using Xunit;

namespace MeshActors.Conventions.Tests;

public sealed class TextTests
{
    [Fact]
    public void No_file_names_a_place_of_one_machine() =>
        Verdict.None(Repository.Files.SelectMany(path =>
            TextRule.MachinePlaceViolations(path, Repository.Read(path))));

    [Fact]
    public void Each_key_of_a_reference_configuration_has_a_comment() =>
        Verdict.None(Repository.Files
            .Where(path => path.EndsWith(".reference.conf", StringComparison.Ordinal))
            .SelectMany(path => TextRule.UncommentedKeyViolations(path, Repository.Read(path))));

    [Fact]
    public void Each_link_of_a_document_leads_somewhere()
    {
        var documents = Repository.Files.Where(path => path.EndsWith(".md", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(documents);
        Verdict.None(documents.SelectMany(path =>
            TextRule.DeadLinkViolations(path, Repository.Read(path), ReadOrNull)));
    }

    [Theory]
    [InlineData("path = /ho#me/anna/mesh")]
    [InlineData("see /ro#ot/.mesh for it")]
    [InlineData("cd /wo#rk/tree")]
    [InlineData("https://packages.example/v3/ind#ex.json")]
    [InlineData("http://nex#us.example:8081/repository")]
    public void A_planted_place_is_found(string cut) =>
        Assert.Single(TextRule.MachinePlaceViolations("a.md", "first line\n" + cut.Replace("#", string.Empty)));

    [Theory]
    [InlineData("https://www.nuget.org/packages/Akka and https://example.com/ho#me/page")]
    [InlineData("~/wo#rk/mesh, src/ro#ot/a.cs, path = /var/lib/mesh, http://127.0.0.1:7480/v1/status")]
    public void Places_of_every_machine_are_let_through(string cut) =>
        Assert.Empty(TextRule.MachinePlaceViolations("a.md", cut.Replace("#", string.Empty)));

    [Fact]
    public void A_planted_key_without_comment_is_found()
    {
        var conf = """
            mesh {
              # What it does.
              first = 1s

              second = 2
              # Several values.
              third = [
                "a=b"
              ]
            }
            """;

        Assert.Equal(
            ["a.reference.conf:5: key second has no comment above"],
            TextRule.UncommentedKeyViolations("a.reference.conf", conf));
    }

    [Fact]
    public void A_planted_dead_link_is_found()
    {
        var text = """
            # One page
            [good](other.md) [good](../README.md#two-words) [good](#one-page) [outside](https://example.com/x)
            `[code](nowhere.md)` [dead](missing.md) [dead](../README.md#three)
            """;

        Assert.Equal(
            [
                "docs/a.md: link to missing.md, there is no docs/missing.md",
                "docs/a.md: link to ../README.md#three, README.md has no such heading",
            ],
            TextRule.DeadLinkViolations("docs/a.md", text, path => path switch
            {
                "docs/a.md" => text,
                "docs/other.md" => string.Empty,
                "README.md" => "## Two words!",
                _ => null,
            }));
    }

    private static string? ReadOrNull(string path)
    {
        var full = Path.Combine(Repository.Root, path);
        return File.Exists(full) ? File.ReadAllText(full) : Directory.Exists(full) ? string.Empty : null;
    }
}
