using System;
using MeshActors.Transport.Crypto;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Tunnels;
using Xunit;

namespace MeshActors.Transport.Tests.Tunnels;

/// <summary>What two nodes agree on in the handshake: suite and features.</summary>
public sealed class NegotiationTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_forced_suite_carries_the_packets_both_ways(int number)
    {
        var (forced, expected) = ((CipherSuites)number, (CipherSuite)number);
        using var one = new TableNode(1, 1001, new TunnelSettings { Suites = forced });
        using var two = new TableNode(2, 1002);
        var world = new TableWorld(one, two);

        var there = one.Table.Open(two.Record, world.Now, world.UtcNow)!;
        world.Run(TimeSpan.FromSeconds(1));

        var back = two.Table.Open(one.Record, world.Now, world.UtcNow)!;
        Assert.Equal((TunnelState.Open, TunnelState.Open), (there.State, back.State));
        Assert.Equal((expected, expected), (SuiteOf(there), SuiteOf(back)));
    }

    [Fact]
    public void Without_a_common_suite_there_is_no_tunnel_and_it_says_why()
    {
        using var one = new TableNode(1, 1001, new TunnelSettings { Suites = CipherSuites.Aes256Gcm });
        using var two = new TableNode(2, 1002, suites: CipherSuites.ChaCha20Poly1305);
        var world = new TableWorld(one, two);

        one.Table.Open(two.Record, world.Now, world.UtcNow);
        world.Run(TimeSpan.FromSeconds(1));

        Assert.Contains(TunnelFailure.UnsupportedSuite, one.Failures);
    }

    /// <summary>Later versions will set bits that mean nothing here.</summary>
    [Theory]
    [InlineData(0xFFFF_FFFFu, (uint)TunnelFeatures.Known)]
    [InlineData(0xFFFF_FFF0u, 0)]
    [InlineData((uint)TunnelFeatures.Own, (uint)TunnelFeatures.Own)]
    public void Features_of_a_session_are_those_that_both_know(uint told, uint expected)
    {
        using var one = new TableNode(1, 1001, new TunnelSettings { Features = (TunnelFeatures)told });
        using var two = new TableNode(2, 1002);
        using var three = new TableNode(3, 1003);
        var world = new TableWorld(one, two, three);

        one.Table.Open(two.Record, world.Now, world.UtcNow);
        var fromInside = three.Table.Open(one.Record, world.Now, world.UtcNow)!;
        world.Run(TimeSpan.FromSeconds(1));

        var dialled = two.Table.Open(one.Record, world.Now, world.UtcNow)!;
        Assert.Equal((TunnelFeatures)expected, dialled.Sessions.Current!.Features);
        Assert.Equal((TunnelFeatures)expected, fromInside.Sessions.Current!.Features);
    }

    private static CipherSuite SuiteOf(Tunnel tunnel) => tunnel.Sessions.Current!.Suite;
}
