using System;
using CsCheck;
using MeshActors.Capabilities;
using Xunit;

namespace MeshActors.Tests.Capabilities;

public sealed class CapabilityVersionTests
{
    private static readonly Gen<CapabilityVersion> Versions =
        Gen.Select(Gen.UShort[0, 3], Gen.UShort[0, 3], Gen.UShort[0, 3])
            .Select(v => new CapabilityVersion(v.Item1, v.Item2, v.Item3));

    [Theory]
    [InlineData("1.2", "1.2", true)]
    [InlineData("1.3", "1.2", true)]
    [InlineData("1.2.0", "1.2.9", true)]
    [InlineData("1.1", "1.2", false)]
    [InlineData("2.0", "1.2", false)]
    [InlineData("1.9", "2.0", false)]
    [InlineData("0.3", "0.3", true)]
    [InlineData("0.4", "0.3", false)]
    public void Serves_the_same_major_from_the_wanted_minor_on(string offered, string wanted, bool serves) =>
        Assert.Equal(serves, CapabilityVersion.Parse(offered).Serves(CapabilityVersion.Parse(wanted)));

    [Fact]
    public void Reads_what_it_prints() =>
        Versions.Sample(version => CapabilityVersion.Parse(version.ToString()) == version);

    [Fact]
    public void Who_serves_a_version_serves_what_that_one_serves() =>
        Gen.Select(Versions, Versions, Versions).Sample(v =>
            !(v.Item1.Serves(v.Item2) && v.Item2.Serves(v.Item3)) || v.Item1.Serves(v.Item3));

    [Fact]
    public void A_lone_major_is_its_first_minor() =>
        Assert.Equal(new CapabilityVersion(1, 0), CapabilityVersion.Parse("1"));

    [Theory]
    [InlineData("")]
    [InlineData("1.")]
    [InlineData(".1")]
    [InlineData("1.2.3.4")]
    [InlineData("-1.0")]
    [InlineData("1.65536")]
    [InlineData("1. 2")]
    [InlineData("v1")]
    [InlineData("1.2\0")]
    [InlineData("1\0.2")]
    public void Refuses_what_is_no_version(string text)
    {
        Assert.False(CapabilityVersion.TryParse(text, out _));
        Assert.Throws<FormatException>(() => CapabilityVersion.Parse(text));
    }
}
