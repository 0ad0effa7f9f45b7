using System;
using MeshActors.Transport.Addressing;
using Xunit;

namespace MeshActors.Transport.Tests.Addressing;

public sealed class RelayedEndpointTests
{
    private static readonly MeshAddress Target = MeshAddress.Parse("7:A91F.0000.7C2E");

    [Fact]
    public void A_relayed_endpoint_names_client_and_target_in_its_prefix()
    {
        var endpoint = RelayedEndpoint.Of(0x0102, Target);

        Assert.Equal("[fd6d:6573:6800:102:7:a91f:0:7c2e]:1", endpoint.ToString());
        Assert.True(RelayedEndpoint.TryRead(endpoint, out var client, out var target));
        Assert.Equal((0x0102, Target), (client, target));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(65_535)]
    public void Every_number_of_a_client_comes_back(int client)
    {
        Assert.True(RelayedEndpoint.TryRead(RelayedEndpoint.Of(client, Target), out var read, out _));
        Assert.Equal(client, read);
    }

    [Theory]
    [InlineData("[fd6d:6573:6800:102:7:a91f:0:7c2e]:2")]
    [InlineData("[fd6d:6573:6801:102:7:a91f:0:7c2e]:1")]
    [InlineData("[fd6d:6573:6800:102:7::]:1")]
    [InlineData("[fd6d:6573:6800:102:ffff:a91f:0:7c2e]:1")]
    [InlineData("192.0.2.1:1")]
    public void What_is_no_relayed_endpoint_is_not_read(string text)
    {
        Assert.True(UdpEndpoint.TryParse(text, out var endpoint));
        Assert.False(RelayedEndpoint.TryRead(endpoint, out _, out _));
    }

    [Fact]
    public void A_socket_endpoint_names_socket_and_endpoint_in_its_prefix()
    {
        Assert.True(UdpEndpoint.TryParse("192.0.2.1:7400", out var remote));
        var endpoint = SocketEndpoint.Of(63, remote);

        Assert.Equal("[fd6d:6573:6801:3f::c000:201]:7400", endpoint.ToString());
        Assert.True(SocketEndpoint.TryRead(endpoint, out var socket, out var read));
        Assert.Equal((63, remote), (socket, read));
        Assert.False(RelayedEndpoint.TryRead(endpoint, out _, out _));
        Assert.False(SocketEndpoint.TryRead(remote, out _, out _));
    }

    [Theory]
    [InlineData("[fd6d:6573:6801:3f:1::c000:201]:7400")]
    [InlineData("[fd6d:6573:6800:3f::c000:201]:7400")]
    public void What_is_no_socket_endpoint_is_not_read(string text)
    {
        Assert.True(UdpEndpoint.TryParse(text, out var endpoint));
        Assert.False(SocketEndpoint.TryRead(endpoint, out _, out _));
    }

    [Fact]
    public void Both_need_what_they_can_name()
    {
        Assert.True(UdpEndpoint.TryParse("[2001:db8::1]:7400", out var remote));
        Assert.Throws<ArgumentException>(() => SocketEndpoint.Of(0, remote));
        Assert.Throws<ArgumentOutOfRangeException>(() => RelayedEndpoint.Of(65_536, Target));
        Assert.Throws<ArgumentOutOfRangeException>(() => SocketEndpoint.Of(-1, remote));
    }

    [Theory]
    [InlineData("[fd6d:6573:6800::1]:9", true)]
    [InlineData("[fd6d:6573:6801:ffff::1]:9", true)]
    [InlineData("[fd6d:6573:6800:ffff:ffff:ffff:ffff:ffff]:9", true)]
    [InlineData("[fd6d:6573:6802::1]:9", true)]
    [InlineData("[fd6d:6573:6803:ffff:ffff:ffff:ffff:ffff]:9", true)]
    [InlineData("[fd6d:6573:6804::1]:9", false)]
    [InlineData("[fd6d:6573:67ff::1]:9", false)]
    [InlineData("192.0.2.1:7400", false)]
    public void All_four_prefixes_are_reserved_and_no_other(string text, bool reserved)
    {
        Assert.True(UdpEndpoint.TryParse(text, out var endpoint));
        Assert.Equal(reserved, RelayedEndpoint.IsReserved(endpoint));
    }
}
