using System;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Stun;
using Xunit;

namespace MeshActors.Transport.Tests.Stun;

/// <summary>How long mappings of NATs last whose expiry is known.</summary>
public sealed class BindingLifetimeTests
{
    private static readonly StunServerEndpoints Full = new(
        new UdpEndpoint(UdpEndpoint.MappedPrefix | 0xC000_0201, 3_478), new UdpEndpoint(UdpEndpoint.MappedPrefix | 0xC000_0202, 3_479));

    [Theory]
    [InlineData(10, 0)]
    [InlineData(20, 15)]
    [InlineData(30, 25)]
    [InlineData(60, 45)]
    [InlineData(120, 90)]
    public void The_longest_silence_that_a_mapping_outlives_is_told(int expirySeconds, int longestSeconds)
    {
        var run = new NatRun(Nat(expirySeconds));
        run.AddServer(Full);

        var lifetime = run.FindLifetime(Full.Primary);

        Assert.Equal(LifetimeOutcome.Measured, lifetime.Outcome);
        Assert.Equal(TimeSpan.FromSeconds(longestSeconds), lifetime.Longest);
        Assert.Null(lifetime.NextTimeout);
    }

    [Fact]
    public void A_server_that_answers_to_no_other_port_is_no_use()
    {
        var run = new NatRun(Nat(60));
        run.AddServer(Full.Primary);

        Assert.Equal(LifetimeOutcome.Unsupported, run.FindLifetime(Full.Primary).Outcome);
    }

    [Fact]
    public void A_server_that_does_not_answer_is_no_use() =>
        Assert.Equal(LifetimeOutcome.Unreachable, new NatRun(Nat(60)).FindLifetime(Full.Primary).Outcome);

    private static SmallNat Nat(int expirySeconds) => new(
        EndpointDependence.EndpointIndependent,
        EndpointDependence.AddressAndPortDependent,
        (_, made) => (ushort)(30_000 + made))
    {
        Expiry = TimeSpan.FromSeconds(expirySeconds),
    };
}
