using System;
using System.Linq;
using CsCheck;
using MeshActors.Host.Demo.Agents;
using MeshActors.Host.Demo.Texts;
using Xunit;

namespace MeshActors.Host.Tests.Demo.Agents;

public sealed class KeywordReadingTests
{
    /// <summary>Three sections: "mesh" is in all, "relay" in one, "tunnel" in two.</summary>
    private static readonly TextCorpus Corpus = new(
        [new TextFile("a.md", "# Mesh relay\n\nmesh relay\n\n# Mesh tunnel\n\n# More mesh\n\nmesh tunnel\n")], []);

    [Fact]
    public void Words_score_as_the_formula_says()
    {
        var keywords = new KeywordReading(SectionFrequencies.Of(Corpus)).Read("relay mesh mesh tunnel the the the");

        // Shares 1/4, 2/4, 1/4; inverse frequencies ln(1 + 2.5 / 1.5), ln(1 + 0.5 / 3.5), ln(1 + 1.5 / 2.5).
        Assert.Equal(3, keywords.CorpusSections);
        Assert.Equal(
            [
                new Keyword("relay", 1, 1, Math.Round(Math.Log(8.0 / 3) / 4, 4)),
                new Keyword("tunnel", 1, 2, Math.Round(Math.Log(1.6) / 4, 4)),
                new Keyword("mesh", 2, 3, Math.Round(Math.Log(8.0 / 7) / 2, 4)),
            ],
            keywords.Items);
    }

    [Fact]
    public void A_word_the_corpus_does_not_know_scores_highest_of_equally_frequent_ones()
    {
        var keywords = new KeywordReading(SectionFrequencies.Of(Corpus)).Read("mesh relay tunnel quasar");

        Assert.Equal(["quasar", "relay", "tunnel", "mesh"], keywords.Items.Select(keyword => keyword.Word));
        Assert.Equal(0, keywords.Items[0].Sections);
    }

    [Fact]
    public void A_file_without_headings_has_sections_too()
    {
        var text = string.Join("\n\n", Enumerable.Repeat(new string('a', 200) + " stellar", 100));

        var frequencies = SectionFrequencies.Of(new TextCorpus([new TextFile("a.txt", text)], []));

        Assert.InRange(frequencies.Sections, 4, 8);
        Assert.Equal(frequencies.Sections, frequencies.Of("stellar"));
    }

    [Fact]
    public void Scores_fall_are_never_negative_and_count_only_what_the_text_holds() =>
        Gen.OneOf("mesh", "relay", "tunnel", "quasar", "the", "x1", "\n\n", "Stream").List[0, 60].Sample(words =>
        {
            var text = string.Join(' ', words);

            var items = new KeywordReading(SectionFrequencies.Of(Corpus)).Read(text).Items;

            Assert.True(items.Count <= KeywordReading.MaxKeywords);
            Assert.All(items, item => Assert.True(item.Score >= 0));
            Assert.Equal(items.Select(item => item.Score).OrderDescending(), items.Select(item => item.Score));
            Assert.All(
                items,
                item => Assert.Equal(item.Count, words.Count(word => word.Equals(item.Word, StringComparison.OrdinalIgnoreCase))));
        });
}
