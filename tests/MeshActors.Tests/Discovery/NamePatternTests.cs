using MeshActors.Discovery;
using Xunit;

namespace MeshActors.Tests.Discovery;

public sealed class NamePatternTests
{
    [Theory]
    [InlineData("*", "anything", true)]
    [InlineData("fx-*", "fx-pricing", true)]
    [InlineData("fx-*", "fxy", false)]
    [InlineData("fx*", "fxy", true)]
    [InlineData("fx", "fx", true)]
    [InlineData("fx", "fx-pricing", false)]
    public void Means_one_name_or_a_beginning(string text, string name, bool meant)
    {
        Assert.True(NamePattern.TryParse(text, out var pattern));
        Assert.Equal(meant, pattern.Matches(name));
        Assert.Equal(text, pattern.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("*-fx")]
    [InlineData("f*x")]
    [InlineData("**")]
    [InlineData("FX*")]
    [InlineData(null)]
    public void Is_nothing_else(string? text) => Assert.False(NamePattern.TryParse(text, out _));
}
