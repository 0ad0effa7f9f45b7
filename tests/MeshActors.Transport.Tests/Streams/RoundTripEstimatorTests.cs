using System;
using MeshActors.Transport.Streams;
using Xunit;

namespace MeshActors.Transport.Tests.Streams;

/// <summary>The formulas of RFC 9002, section 5.3, by hand.</summary>
public sealed class RoundTripEstimatorTests
{
    private readonly RoundTripEstimator _estimator = new();

    [Fact]
    public void The_first_sample_sets_everything()
    {
        _estimator.HandleSample(Ms(100), Ms(4));

        Assert.Equal(Ms(100), _estimator.Smoothed);
        Assert.Equal(Ms(50), _estimator.Variation);
        Assert.Equal(Ms(100), _estimator.Min);
        Assert.Equal(Ms(100 + 200 + 5), _estimator.ProbeTimeout);
    }

    [Fact]
    public void Later_samples_weigh_an_eighth_and_their_difference_a_quarter()
    {
        _estimator.HandleSample(Ms(100), Ms(0));
        _estimator.HandleSample(Ms(184), Ms(4));

        Assert.Equal(Ms(110), _estimator.Smoothed);
        Assert.Equal(Ms(((3 * 50) + 80) / 4.0), _estimator.Variation);
    }

    [Fact]
    public void An_ack_delay_longer_than_agreed_is_not_believed()
    {
        _estimator.HandleSample(Ms(100), Ms(0));
        _estimator.HandleSample(Ms(185), Ms(80));

        Assert.Equal(Ms(110), _estimator.Smoothed);
    }

    [Fact]
    public void An_ack_delay_does_not_bring_a_sample_below_the_least_one()
    {
        _estimator.HandleSample(Ms(100), Ms(0));
        _estimator.HandleSample(Ms(102), Ms(5));

        Assert.Equal(Ms(100.25), _estimator.Smoothed);
    }

    private static TimeSpan Ms(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
