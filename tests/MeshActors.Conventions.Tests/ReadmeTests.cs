using System;
using System.IO;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using MeshActors.Conventions.Tests.Sources;
using Xunit;

namespace MeshActors.Conventions.Tests;

/// <summary>What the README shows is code of this project, and runs.</summary>
public sealed partial class ReadmeTests
{
    [Theory]
    [InlineData(0, "ReadmeExample")]
    [InlineData(1, "TunnelExample")]
    public void The_examples_of_the_readme_are_those_that_are_compiled_here(int index, string name)
    {
        var shown = ExampleBlock().Matches(Repository.Read("README.md"))[index];
        var compiled = Repository.Read($"tests/MeshActors.Conventions.Tests/{name}.cs")
            .Replace("namespace MeshActors.Conventions.Tests;\n\n", string.Empty, StringComparison.Ordinal);

        Assert.Equal(compiled, shown.Groups[1].Value);
    }

    [Fact]
    public async Task The_example_of_the_readme_counts_its_words() => Assert.Matches(
        @"(?m)^4 words, counted by an agent at 0:[0-9A-F]{4}\.[0-9A-F]{4}\.[0-9A-F]{4}\s*$",
        await PrintedAsync(ReadmeExample.RunAsync));

    [Fact]
    public async Task The_example_without_actors_asks_and_is_answered() => Assert.Matches(
        @"^1 of 1, says the node at 0:[0-9A-F.]{14}\s+1 of 3\s+2 of 3\s+3 of 3\s+worth nothing in a second\s+$",
        await PrintedAsync(TunnelExample.RunAsync));

    private static async Task<string> PrintedAsync(Func<Task> run)
    {
        var before = Console.Out;
        using var printed = new StringWriter();
        Console.SetOut(printed);
        try
        {
            await run();
        }
        finally
        {
            Console.SetOut(before);
        }

        return printed.ToString();
    }

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex ExampleBlock();
}
