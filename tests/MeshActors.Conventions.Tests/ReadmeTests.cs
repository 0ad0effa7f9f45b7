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
    [Fact]
    public void The_example_of_the_readme_is_the_one_that_is_compiled_here()
    {
        var shown = ExampleBlock().Match(Repository.Read("README.md"));
        var compiled = Repository.Read("tests/MeshActors.Conventions.Tests/ReadmeExample.cs")
            .Replace("namespace MeshActors.Conventions.Tests;\n\n", string.Empty, StringComparison.Ordinal);

        Assert.True(shown.Success);
        Assert.Equal(compiled, shown.Groups[1].Value);
    }

    [Fact]
    public async Task The_example_of_the_readme_counts_its_words()
    {
        var before = Console.Out;
        using var printed = new StringWriter();
        Console.SetOut(printed);
        try
        {
            await ReadmeExample.RunAsync();
        }
        finally
        {
            Console.SetOut(before);
        }

        Assert.Matches(@"(?m)^4 words, counted by an agent at 0:[0-9A-F]{4}\.[0-9A-F]{4}\.[0-9A-F]{4}\s*$", printed.ToString());
    }

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex ExampleBlock();
}
