using MeshActors.Transport.Addressing;
using MeshActors.Transport.Paths;
using Xunit;

namespace MeshActors.Transport.Tests.Paths;

/// <summary>Where candidates of others may send this node.</summary>
public sealed class EndpointPolicyTests
{
    [Theory]
    [InlineData("45.1.2.3:7400", true, true)]
    [InlineData("[2a00::1]:7400", true, true)]
    [InlineData("192.168.1.10:7400", true, false)]
    [InlineData("100.64.0.1:7400", true, false)]
    [InlineData("169.254.1.1:7400", true, false)]
    [InlineData("[fd00::1]:7400", true, false)]
    [InlineData("[64:ff9b::c0a8:10a]:7400", true, false)]
    [InlineData("[2002:c0a8:10a::1]:7400", true, false)]
    [InlineData("127.0.0.1:7400", false, false)]
    [InlineData("[::1]:7400", false, false)]
    [InlineData("[64:ff9b::7f00:1]:7400", false, false)]
    [InlineData("0.0.0.0:7400", false, false)]
    [InlineData("224.0.0.1:7400", false, false)]
    [InlineData("255.255.255.255:7400", false, false)]
    [InlineData("[ff02::1]:7400", false, false)]
    [InlineData("[fd6d:6573:6800::1]:1", false, false)]
    [InlineData("[fd6d:6573:6801::1]:1", false, false)]
    public void Members_may_name_private_addresses_and_nobody_those_that_mean_something_else(
        string text, bool ofMember, bool ofStranger)
    {
        Assert.True(UdpEndpoint.TryParse(text, out var endpoint));

        Assert.Equal(ofMember, EndpointPolicy.Allows(endpoint, isMember: true, onLoopback: false));
        Assert.Equal(ofStranger, EndpointPolicy.Allows(endpoint, isMember: false, onLoopback: false));
    }

    [Fact]
    public void Loopback_counts_where_the_peer_was_met_on_this_machine()
    {
        Assert.True(UdpEndpoint.TryParse("127.0.0.1:7400", out var endpoint));

        Assert.True(EndpointPolicy.Allows(endpoint, isMember: true, onLoopback: true));
        Assert.False(EndpointPolicy.Allows(endpoint with { Port = 0 }, isMember: true, onLoopback: true));
    }
}
