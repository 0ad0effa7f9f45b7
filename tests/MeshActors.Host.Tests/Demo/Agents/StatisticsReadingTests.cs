using System.Linq;
using CsCheck;
using MeshActors.Host.Demo.Agents;
using Xunit;

namespace MeshActors.Host.Tests.Demo.Agents;

public sealed class StatisticsReadingTests
{
    [Fact]
    public void Six_words_of_one_syllable_read_as_flesch_says()
    {
        var statistics = StatisticsReading.Read("The cat sat on the mat.");

        Assert.Equal(6, statistics.Words);
        Assert.Equal(5, statistics.DistinctWords);
        Assert.Equal(1, statistics.Sentences);
        Assert.Equal(6, statistics.Syllables);
        Assert.Equal(23, statistics.Characters);
        Assert.Equal(116.15, statistics.ReadingEase, precision: 1); // 206.835 - 1.015 * 6 - 84.6 * 1 = 116.145
        Assert.Equal(["cat", "mat", "sat"], statistics.MostFrequent.Select(word => word.Word));
    }

    [Theory]
    [InlineData("One. Two! Three? Four", 4)]
    [InlineData("Version 1.5 is out.", 1)]
    [InlineData("Use e.g. a relay, i.e. another node.", 1)]
    [InlineData("He said \"stop.\" She went.", 2)]
    [InlineData("# A heading\n\nA paragraph.", 2)]
    [InlineData("* one\n* two\n* three", 3)]
    [InlineData("a line\nthat goes on.", 1)]
    [InlineData("Wait... what?", 2)]
    [InlineData("```\nNo. Code. Counts.\n```", 0)]
    [InlineData("", 0)]
    public void Sentences_end_where_a_reader_sees_them_end(string text, int sentences) =>
        Assert.Equal(sentences, StatisticsReading.Read(text).Sentences);

    [Theory]
    [InlineData("cat", 1)]
    [InlineData("table", 2)]
    [InlineData("make", 1)]
    [InlineData("wanted", 2)]
    [InlineData("walked", 1)]
    [InlineData("boxes", 2)]
    [InlineData("makes", 1)]
    [InlineData("the", 1)]
    [InlineData("directory", 4)]
    [InlineData("Encryption", 3)]
    [InlineData("tables", 2)]
    [InlineData("42", 1)]
    public void Syllables_are_the_vowel_groups_that_sound(string word, int syllables) =>
        Assert.Equal(syllables, Syllables.Count(word));

    [Fact]
    public void Mark_up_is_no_word()
    {
        var statistics = StatisticsReading.Read("See [the **protocol**](docs/protocol.md) at https://example.org/x, `don't` well-known.");

        Assert.Equal(6, statistics.Words);
    }

    [Fact]
    public void The_most_frequent_words_come_first_without_the_commonest_of_english()
    {
        var statistics = StatisticsReading.Read("The relay and the relay and the tunnel and a Relay with a Tunnel and a node.");

        Assert.Equal(
            [new WordCount("relay", 3), new WordCount("tunnel", 2), new WordCount("node", 1)], statistics.MostFrequent);
    }

    [Fact]
    public void Figures_of_any_text_fit_together() =>
        Gen.String.Sample(text =>
        {
            var statistics = StatisticsReading.Read(text);

            Assert.InRange(statistics.DistinctWords, statistics.Words > 0 ? 1 : 0, statistics.Words);
            Assert.InRange(statistics.Sentences, statistics.Words > 0 ? 1 : 0, statistics.Words);
            Assert.True(statistics.Syllables >= statistics.Words);
            Assert.True(statistics.Characters <= text.Length);
            Assert.True(double.IsFinite(statistics.ReadingEase));
        });
}
