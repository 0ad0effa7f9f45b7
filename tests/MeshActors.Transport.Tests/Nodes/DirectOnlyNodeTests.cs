using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Threading.Tasks;
using MeshActors.Transport.Nodes;
using Xunit;

namespace MeshActors.Transport.Tests.Nodes;

/// <summary>Nodes that no direct path joins, because one speaks IPv4 alone and the other IPv6, and a relay that speaks both; over real sockets.</summary>
public sealed class DirectOnlyNodeTests : FleetTests
{
    private static readonly IPEndPoint OverIPv4 = new(IPAddress.Loopback, 0);
    private static readonly IPEndPoint OverIPv6 = new(IPAddress.IPv6Loopback, 0);

    [Fact]
    public async Task A_relay_carries_requests_where_it_may()
    {
        var (asking, peer, _) = await StartPairAsync(relayFallback: true, OverIPv6);

        var tunnel = await asking.OpenAsync(peer).WaitAsync(Patience);

        var reply = await tunnel.SendAsync(new byte[] { 7 }).WaitAsync(Patience);
        Assert.Equal(7, reply.Span[0]);
    }

    [Fact]
    public async Task Without_it_the_tunnel_cannot_be_opened_and_the_error_says_what_was_tried()
    {
        var (asking, peer, relay) = await StartPairAsync(relayFallback: false, OverIPv6);

        var failure = await Assert.ThrowsAsync<PeerTunnelException>(() => asking.OpenAsync(peer).WaitAsync(Patience));

        Assert.Equal(PeerTunnelError.NoDirectPath, failure.Error);
        Assert.Contains($"relay {relay.Address}", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_direct_path_is_enough()
    {
        var (asking, peer, _) = await StartPairAsync(relayFallback: false, OverIPv4);

        var tunnel = await asking.OpenAsync(peer).WaitAsync(Patience);

        var reply = await tunnel.SendAsync(new byte[] { 9 }).WaitAsync(Patience);
        Assert.Equal(9, reply.Span[0]);
    }

    [Fact]
    public async Task A_request_whose_only_way_dies_fails_once_and_says_which_way_that_was()
    {
        var (asking, peer, relay) = await StartPairAsync(relayFallback: true, OverIPv6);
        var tunnel = await asking.OpenAsync(peer).WaitAsync(Patience);
        await tunnel.SendAsync(new byte[] { 1 }).WaitAsync(Patience);

        await relay.DisposeAsync();
        Nodes.Remove(relay);

        var failure = await Assert.ThrowsAsync<PeerTunnelException>(
            () => tunnel.SendAsync(new byte[] { 2 }, new() { Timeout = TimeSpan.FromMinutes(1) }).WaitAsync(Patience));
        Assert.Equal(PeerTunnelError.TunnelClosed, failure.Error);
        Assert.Contains("tried: ", failure.Message, StringComparison.Ordinal);
        Assert.Contains("relay", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_switches_relays_off_is_warned_at_the_start()
    {
        var warnings = new List<string>();

        await AddAsync(new() { FleetSecretFiles = [Secret], RelayFallback = false, OnWarning = warnings.Add });

        Assert.Contains("RelayFallback", warnings.Single(), StringComparison.Ordinal);
    }

    private async Task<(TunnelNode Asking, TunnelPeer Peer, TunnelNode Relay)> StartPairAsync(bool relayFallback, IPEndPoint other)
    {
        var relay = await AddAsync(new() { FleetSecretFiles = [Secret], IsRelay = true, Binds = [OverIPv4, OverIPv6] });
        var asked = await StartAsync(relay, OverIPv4, relayFallback);
        var asking = await StartAsync(relay, other, relayFallback);
        await LeasedAsync(asking, leases: 1);
        return (asking, await LeasedAsync(asked, leases: 1), relay);
    }

    private Task<TunnelNode> StartAsync(TunnelNode relay, IPEndPoint bind, bool relayFallback) => AddAsync(new()
    {
        FleetSecretFiles = [Secret],
        Binds = [bind],
        Relays = [relay.Self with { Endpoints = [.. relay.Endpoints.Where(endpoint => endpoint.AddressFamily == bind.AddressFamily)] }],
        RelayFallback = relayFallback,
        DirectTimeout = TimeSpan.FromSeconds(3),
        HandshakeTimeout = TimeSpan.FromSeconds(3),
        ReconnectTimeout = TimeSpan.FromSeconds(4),
        Serve = Echo,
    });
}
