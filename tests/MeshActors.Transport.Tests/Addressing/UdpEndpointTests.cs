using System.Net;
using CsCheck;
using MeshActors.Transport.Addressing;
using Xunit;

namespace MeshActors.Transport.Tests.Addressing;

public sealed class UdpEndpointTests
{
    private static readonly Gen<ushort> Ports = Gen.UShort[1, ushort.MaxValue];

    [Fact]
    public void Every_ipv4_endpoint_comes_back() =>
        Gen.Select(Gen.Byte.Array[4], Ports).Sample((bytes, port) =>
        {
            var original = new IPEndPoint(new IPAddress(bytes), port);
            var endpoint = UdpEndpoint.From(original);
            return endpoint.IsIPv4 && endpoint.ToIPEndPoint().Equals(original);
        });

    [Fact]
    public void Every_ipv6_endpoint_comes_back() =>
        Gen.Select(Gen.Byte.Array[16], Ports).Sample((bytes, port) =>
        {
            var original = new IPEndPoint(new IPAddress(bytes), port);
            var endpoint = UdpEndpoint.From(original);
            return endpoint.IsIPv4 == original.Address.IsIPv4MappedToIPv6
                && (endpoint.IsIPv4 || endpoint.ToIPEndPoint().Equals(original));
        });

    [Fact]
    public void An_ipv4_endpoint_seen_through_a_dual_stack_socket_is_the_same() =>
        Gen.Select(Gen.Byte.Array[4], Ports).Sample((bytes, port) =>
        {
            var address = new IPAddress(bytes);
            return UdpEndpoint.From(address, port) == UdpEndpoint.From(address.MapToIPv6(), port);
        });

    [Theory]
    [InlineData("192.0.2.1:7400")]
    [InlineData("255.255.255.255:65535")]
    [InlineData("[2001:db8::1]:7400")]
    [InlineData("[::1]:1")]
    [InlineData("[fe80::1%3]:7400")]
    public void Text_read_back_is_the_same(string text)
    {
        Assert.True(UdpEndpoint.TryParse(text, out var endpoint));
        Assert.Equal(text, endpoint.ToString());
    }

    [Fact]
    public void A_mapped_endpoint_prints_as_ipv4()
    {
        Assert.True(UdpEndpoint.TryParse("[::ffff:192.0.2.1]:7400", out var endpoint));
        Assert.Equal("192.0.2.1:7400", endpoint.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("192.0.2.1")]
    [InlineData("192.0.2.1:0")]
    [InlineData("192.0.2.1:65536")]
    [InlineData("[2001:db8::1]")]
    [InlineData("2001:db8::1")]
    [InlineData("localhost:7400")]
    [InlineData("256.0.2.1:7400")]
    public void Text_without_address_or_port_is_refused(string? text)
    {
        Assert.False(UdpEndpoint.TryParse(text, out var endpoint));
        Assert.Equal(default, endpoint);
    }

    [Fact]
    public void The_zone_tells_link_local_endpoints_apart_and_no_others()
    {
        var one = UdpEndpoint.From(new IPAddress(IPAddress.Parse("fe80::1").GetAddressBytes(), 1), 7400);
        var two = UdpEndpoint.From(new IPAddress(IPAddress.Parse("fe80::1").GetAddressBytes(), 2), 7400);
        var globalOne = UdpEndpoint.From(new IPAddress(IPAddress.Parse("2001:db8::1").GetAddressBytes(), 1), 7400);
        var globalTwo = UdpEndpoint.From(new IPAddress(IPAddress.Parse("2001:db8::1").GetAddressBytes(), 2), 7400);

        Assert.NotEqual(one, two);
        Assert.Equal(2, two.ToIPAddress().ScopeId);
        Assert.Equal(globalOne, globalTwo);
    }
}
