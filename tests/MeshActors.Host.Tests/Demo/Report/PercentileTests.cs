using System.Linq;
using CsCheck;
using MeshActors.Host.Demo.Report;
using Xunit;

namespace MeshActors.Host.Tests.Demo.Report;

public sealed class PercentileTests
{
    /// <summary>The example that goes with nearest rank in textbooks.</summary>
    [Theory]
    [InlineData(5, 15)]
    [InlineData(30, 20)]
    [InlineData(40, 20)]
    [InlineData(50, 35)]
    [InlineData(100, 50)]
    public void Nearest_rank_of_five_values(int percent, double expected) =>
        Assert.Equal(expected, Percentile.Of([15, 20, 35, 40, 50], percent));

    [Fact]
    public void Nothing_measured_is_zero() => Assert.Equal(0, Percentile.Of([], 50));

    [Fact]
    public void It_is_the_smallest_value_that_enough_others_do_not_pass() =>
        Gen.Select(Gen.Double[0, 10].Array[1, 60], Gen.Int[1, 100]).Sample((values, percent) =>
        {
            var ascending = values.Order().ToArray();
            var expected = ascending.First(value => ascending.Count(other => other <= value) * 100 >= percent * ascending.Length);
            Assert.Equal(expected, Percentile.Of(ascending, percent));
        });
}
