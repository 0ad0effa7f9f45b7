using System;
using System.Collections.Generic;
using System.Linq;
using CsCheck;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Stun;
using Xunit;

namespace MeshActors.Transport.Tests.Stun;

/// <summary>The summary's bytes, and what samples of ports and mappings show.</summary>
public sealed class NatBehaviourTests
{
    [Fact]
    public void A_summary_keeps_its_bytes()
    {
        Assert.Equal("01030100" + "0000" + "00000000", Hex(new(
            EndpointDependence.EndpointIndependent,
            EndpointDependence.AddressAndPortDependent,
            new NatPorts(PortPattern.Preserving),
            NatFlags.None)));
        Assert.Equal("03020201" + "fe00" + "00000000", Hex(new(
            EndpointDependence.AddressAndPortDependent,
            EndpointDependence.AddressDependent,
            new NatPorts(PortPattern.Sequential, Step: -2),
            NatFlags.Hairpin)));
        Assert.Equal("00000306" + "0000" + "0400ffff", Hex(new(
            EndpointDependence.Unknown,
            EndpointDependence.Unknown,
            new NatPorts(PortPattern.Random, BlockLow: 1_024, BlockHigh: 65_535),
            NatFlags.UdpBlocked | NatFlags.NotTranslated)));
    }

    [Fact]
    public void Any_ten_bytes_are_refused_or_read_as_they_are_written_again() =>
        Gen.Byte.Array[10].Sample(bytes =>
        {
            if (NatBehaviour.TryRead(bytes, out var behaviour))
            {
                var written = new byte[NatBehaviour.Size];
                behaviour.Write(written);
                Assert.True(NatBehaviour.TryRead(written, out var again));
                Assert.Equal(behaviour, again);
            }
        });

    [Theory]
    [InlineData("0101020000000000" + "0000", "a step of 0")]
    [InlineData("0101020041000000" + "0000", "a step of 65")]
    [InlineData("0101020080000000" + "0000", "a step of -128")]
    [InlineData("0101030000000000" + "ffff", "a block from port 0")]
    [InlineData("010103000000ffff" + "0400", "a block that ends before it begins")]
    [InlineData("010103000000ffff", "8 bytes")]
    public void A_summary_that_means_nothing_is_refused(string hex, string because) =>
        Assert.False(NatBehaviour.TryRead(Convert.FromHexString(hex), out _), because);

    [Fact]
    public void Kinds_that_are_not_known_are_read_as_unknown()
    {
        Assert.True(NatBehaviour.TryRead(Convert.FromHexString("0409" + "07F1" + "050000010002"), out var behaviour));
        Assert.Equal(default(NatBehaviour) with { Flags = NatFlags.Hairpin }, behaviour);
    }

    [Fact]
    public void Ports_kept_by_three_quarters_of_the_sockets_are_preserved()
    {
        Assert.Equal(new NatPorts(PortPattern.Preserving), Classify(i => 5_000 + i));
        Assert.Equal(new NatPorts(PortPattern.Preserving), Classify(i => i is 3 or 7 ? 9_000 + (i * 1_000) : 5_000 + i));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(-1)]
    [InlineData(8)]
    public void A_step_is_found_also_where_others_step_between(int step)
    {
        int[] others = [0, 0, 1, 0, 3, 0, 0, 0, 2, 0];
        var steps = others.Select((_, i) => i + others.Take(i + 1).Sum()).ToArray();

        Assert.Equal(new NatPorts(PortPattern.Sequential, step), Classify(i => 40_000 + (i * step)));
        Assert.Equal(new NatPorts(PortPattern.Sequential, step), Classify(i => 40_000 + (steps[i] * step)));
    }

    [Fact]
    public void A_step_is_found_where_ports_begin_again_from_the_lowest() =>
        Assert.Equal(new NatPorts(PortPattern.Sequential, 1), Classify(i => i < 4 ? 65_532 + i : 1_020 + i));

    [Fact]
    public void Fewer_than_eight_samples_show_nothing() =>
        Assert.Equal(
            new NatPorts(PortPattern.Unknown),
            PortSamples.Classify([.. Enumerable.Range(0, 7).Select(i => (5_000 + i, 5_000 + i))]));

    /// <summary>The block that is told holds nearly all ports that the NAT may give next, and is seldom much larger.</summary>
    [Theory]
    [InlineData(2_048, 20 * 2_048, true)]
    [InlineData(512, 77 * 512, true)]
    [InlineData(2_048, 33_333, false)]
    [InlineData(64_512, 1_024, false)]
    public void The_block_of_random_ports_is_told(int size, int first, bool isAligned)
    {
        var random = new SimRandom(7);
        var held = new List<double>();
        var excess = new List<double>();
        for (var run = 0; run < 1_000; run++)
        {
            var ports = Classify(_ => first + random.Between(0, size - 1));
            Assert.Equal(PortPattern.Random, ports.Pattern);
            var overlap = Math.Min(ports.BlockHigh, first + size - 1) - Math.Max(ports.BlockLow, first) + 1;
            held.Add((double)overlap / size);
            excess.Add((double)(ports.BlockHigh - ports.BlockLow + 1) / size);
        }

        Assert.True(held.Average() > (isAligned ? 0.98 : 0.9), $"{held.Average():P1} of the block on average");
        Assert.True(excess.Average() < (isAligned ? 1.3 : 1.6), $"{excess.Average():F2} times the block on average");
    }

    [Theory]
    [InlineData("1.1.1.1:1=5 2.2.2.2:1=5", EndpointDependence.EndpointIndependent)]
    [InlineData("1.1.1.1:1=5 1.1.1.1:2=5", EndpointDependence.Unknown)]
    [InlineData("1.1.1.1:1=5", EndpointDependence.Unknown)]
    [InlineData("1.1.1.1:1=5 1.1.1.1:2=5 2.2.2.2:1=6", EndpointDependence.AddressDependent)]
    [InlineData("1.1.1.1:1=5 1.1.1.1:2=6", EndpointDependence.AddressAndPortDependent)]
    [InlineData("1.1.1.1:1=5 2.2.2.2:1=6", EndpointDependence.AddressAndPortDependent)]
    [InlineData("1.1.1.1:1=5 1.1.1.1:2=6 2.2.2.2:1=5", EndpointDependence.AddressAndPortDependent)]
    internal void Mappings_show_what_they_depend_on(string samples, EndpointDependence dependence) =>
        Assert.Equal(dependence, MappingSamples.Classify([.. samples.Split(' ').Select(sample => sample.Split('='))
            .Select(sample => (Parse(sample[0]), Parse($"203.0.113.1:{sample[1]}")))]));

    private static NatPorts Classify(Func<int, int> mapped) =>
        PortSamples.Classify([.. Enumerable.Range(0, 10).Select(i => (5_000 + i, mapped(i)))]);

    private static string Hex(NatBehaviour behaviour)
    {
        var bytes = new byte[NatBehaviour.Size];
        behaviour.Write(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    private static UdpEndpoint Parse(string text) => UdpEndpoint.TryParse(text, out var endpoint)
        ? endpoint
        : throw new ArgumentException(text);
}
