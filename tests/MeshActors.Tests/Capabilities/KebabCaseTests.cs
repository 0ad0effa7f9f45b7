using MeshActors.Capabilities;
using Xunit;

namespace MeshActors.Tests.Capabilities;

public sealed class KebabCaseTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("fx-pricing")]
    [InlineData("gpt4-summary-v2")]
    public void Takes_words_joined_by_single_hyphens(string name) => Assert.True(KebabCase.IsValid(name));

    [Theory]
    [InlineData("")]
    [InlineData("-fx")]
    [InlineData("fx-")]
    [InlineData("fx--pricing")]
    [InlineData("4fx")]
    [InlineData("Fx")]
    [InlineData("fx_pricing")]
    [InlineData("fx pricing")]
    [InlineData("prix-é")]
    [InlineData("fx\n")]
    public void Refuses_everything_else(string name) => Assert.False(KebabCase.IsValid(name));

    [Fact]
    public void Ends_at_63_characters()
    {
        Assert.True(KebabCase.IsValid(new string('a', 63)));
        Assert.False(KebabCase.IsValid(new string('a', 64)));
    }
}
