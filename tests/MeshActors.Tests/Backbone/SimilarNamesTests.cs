using System.Linq;
using MeshActors.Backbone;
using Xunit;

namespace MeshActors.Tests.Backbone;

public sealed class SimilarNamesTests
{
    private static readonly string[] Offered =
        ["fx-pricing", "fx-pricing-eu", "text-statistics", "keyword-extraction", "a"];

    [Theory]
    [InlineData("fx-prcing", "fx-pricing")]
    [InlineData("fxpricing", "fx-pricing")]
    [InlineData("text-statistic", "text-statistics")]
    [InlineData("keyword-extractor", "keyword-extraction")]
    [InlineData("text", "text-statistics")]
    public void Finds_what_was_meant(string wanted, string meant) =>
        Assert.Equal(meant, SimilarNames.Find(wanted, Offered, 3).First());

    [Fact]
    public void Finds_nothing_when_nothing_is_near() => Assert.Empty(SimilarNames.Find("weather", Offered, 3));

    [Fact]
    public void Gives_the_nearest_first_and_no_more_than_asked_for()
    {
        var names = Enumerable.Range(0, 10).Select(i => $"fx-pricing{i}").Append("fx-pricing");

        Assert.Equal<string>(["fx-pricing", "fx-pricing0"], SimilarNames.Find("fx-pricing", names, 2));
    }

    [Fact]
    public void Looks_at_a_bounded_number_of_names() =>
        Assert.Empty(SimilarNames.Find("fx", Enumerable.Repeat("far-away", SimilarNames.MaxLookedAt).Append("fx"), 3));
}
