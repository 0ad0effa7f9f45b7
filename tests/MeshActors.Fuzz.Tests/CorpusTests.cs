using System;
using System.IO;
using System.Linq;
using Xunit;

namespace MeshActors.Fuzz.Tests;

/// <summary>Plays the committed inputs again: each reached code that no other did, or broke something once.</summary>
public sealed class CorpusTests
{
    /// <summary>More would be kept by no one and played by everyone.</summary>
    private const int MostInputs = 80;

    private static readonly string Folder = FindFolder();

    public static TheoryData<string> Targets => [.. FuzzTargets.All.Select(target => target.Name)];

    [Theory]
    [MemberData(nameof(Targets))]
    public void Every_committed_input_is_taken_without_a_finding(string name)
    {
        var target = FuzzTargets.Find(name)!;
        var files = Directory.GetFiles(Path.Combine(Folder, name)).Order(StringComparer.Ordinal).ToList();

        Assert.InRange(files.Count, 1, MostInputs);
        foreach (var file in files)
        {
            var fault = Record.Exception(() => target.Run(File.ReadAllBytes(file)));
            Assert.True(fault is null, $"{file}: {fault}");
        }
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void A_target_takes_its_own_seeds_and_no_input_at_all(string name)
    {
        var target = FuzzTargets.Find(name)!;

        target.Run([]);
        Assert.NotEmpty(target.Seeds());
        foreach (var seed in target.Seeds())
        {
            target.Run(seed);
        }
    }

    [Fact]
    public void Each_corpus_belongs_to_a_target() =>
        Assert.Equal(
            FuzzTargets.All.Select(target => target.Name).Order(StringComparer.Ordinal),
            Directory.GetDirectories(Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));

    [Fact]
    public void A_broken_promise_is_a_finding()
    {
        Assert.Throws<FindingException>(() => Finding.Unless(false, "it holds"));
        Finding.Unless(true, "it holds");
    }

    /// <summary>Found from the built tests upward: a build for CI knows no path of its sources.</summary>
    private static string FindFolder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "MeshActors.sln")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException("No folder above the tests holds MeshActors.sln.");
        }

        return Path.Combine(folder.FullName, "tests", "MeshActors.Fuzz", "Corpus");
    }
}
