using System;
using System.Linq;
using MeshActors.Host.Cli;
using MeshActors.Transport.Stun;
using Xunit;

namespace MeshActors.Host.Tests.Cli;

/// <summary>What people are told of a NAT.</summary>
public sealed class NatReportTests
{
    [Theory]
    [InlineData("independent", "independent", PortPattern.Preserving, NatFlags.NotTranslated, "public and open")]
    [InlineData("independent", "port", PortPattern.Preserving, NatFlags.NotTranslated, "allow inbound UDP")]
    [InlineData("independent", "independent", PortPattern.Random, NatFlags.None, "lets everybody in")]
    [InlineData("independent", "port", PortPattern.Random, NatFlags.None, "opened by both sides")]
    [InlineData("port", "port", PortPattern.Random, NatFlags.None, "forward a UDP port")]
    [InlineData("address", "port", PortPattern.Unknown, NatFlags.None, "forward a UDP port")]
    [InlineData("port", "port", PortPattern.Sequential, NatFlags.None, "can be foretold")]
    [InlineData("unknown", "unknown", PortPattern.Unknown, NatFlags.None, "name a second server")]
    [InlineData("unknown", "unknown", PortPattern.Unknown, NatFlags.UdpBlocked, "allow outbound UDP")]
    internal void Each_kind_of_nat_has_its_advice(
        string mapping, string filtering, PortPattern ports, NatFlags flags, string part)
    {
        var found = new NatBehaviour(Of(mapping), Of(filtering), new NatPorts(ports, Step: 1), flags);

        Assert.Contains(part, NatReport.Advice(found).First(), StringComparison.Ordinal);
    }

    [Fact]
    public void Fields_say_what_was_found()
    {
        var found = new NatBehaviour(
            Of("port"), Of("address"), new NatPorts(PortPattern.Random, BlockLow: 2_048, BlockHigh: 4_095), NatFlags.Hairpin);

        var fields = NatReport.Fields(found, []);

        Assert.Equal("address-and-port-dependent", fields["natMapping"]!.ToString());
        Assert.Equal("address-dependent", fields["natFiltering"]!.ToString());
        Assert.Equal("random, 2048 to 4095", fields["portAllocation"]!.ToString());
        Assert.True((bool)fields["hairpin"]!);
        Assert.False((bool)fields["udpBlocked"]!);
        Assert.Null(fields["publicEndpoint"]);
    }

    private static EndpointDependence Of(string word) => word switch
    {
        "independent" => EndpointDependence.EndpointIndependent,
        "address" => EndpointDependence.AddressDependent,
        "port" => EndpointDependence.AddressAndPortDependent,
        _ => EndpointDependence.Unknown,
    };
}
