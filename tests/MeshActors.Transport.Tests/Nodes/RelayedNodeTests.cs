using System;
using System.Linq;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using MeshActors.Transport.Nodes;
using Xunit;

namespace MeshActors.Transport.Tests.Nodes;

/// <summary>Nodes that know nothing of each other but their relays, over real sockets of this machine.</summary>
public sealed class RelayedNodeTests : FleetTests
{
    private static readonly IPEndPoint OverIPv4 = new(IPAddress.Loopback, 0);
    private static readonly IPEndPoint OverIPv6 = new(IPAddress.IPv6Loopback, 0);

    [Fact]
    public async Task A_peer_without_an_endpoint_is_reached_over_its_relay()
    {
        var relay = await StartAsync(isRelay: true);
        var asked = await StartAsync(isRelay: false, relay);
        var asking = await StartAsync(isRelay: false, relay);
        var peer = await LeasedAsync(asked, leases: 1);
        await LeasedAsync(asking, leases: 1);

        var tunnel = await asking.OpenAsync(peer).WaitAsync(Patience);
        foreach (var size in (int[])[1, 5_000, 300_000])
        {
            var request = new byte[size];
            new SeededRandom((ulong)size).Fill(request);
            var reply = await tunnel.SendAsync(request).WaitAsync(Patience);
            Assert.True(reply.Span.SequenceEqual(request), $"{size} bytes came back changed");
        }
    }

    [Fact]
    public async Task The_tunnel_to_a_relay_is_not_handed_out_as_one_that_a_peer_opened()
    {
        var relay = await StartAsync(isRelay: true);
        var asked = await StartAsync(isRelay: false, relay);
        var asking = await StartAsync(isRelay: false, relay);
        var peer = await LeasedAsync(asked, leases: 1);
        await LeasedAsync(asking, leases: 1);
        await asking.OpenAsync(peer).WaitAsync(Patience);
        using var patience = new CancellationTokenSource(Patience);

        await foreach (var tunnel in asked.AcceptAsync(patience.Token))
        {
            Assert.Equal(asking.Root, tunnel.Root);
            return;
        }
    }

    [Fact]
    public async Task A_relay_that_stops_is_replaced_by_the_other_one_while_requests_go_on()
    {
        var first = await AddAsync(new() { FleetSecretFiles = [Secret], IsRelay = true, Binds = [OverIPv4, OverIPv6] });
        var second = await AddAsync(new() { FleetSecretFiles = [Secret], IsRelay = true, Binds = [OverIPv4, OverIPv6] });

        // No direct path joins them, so that all goes over relays.
        var asked = await StartAsync(OverIPv4, first, second);
        var asking = await StartAsync(OverIPv6, first, second);
        var peer = await LeasedAsync(asked, leases: 2);
        await LeasedAsync(asking, leases: 2);
        var tunnel = await asking.OpenAsync(peer).WaitAsync(Patience);
        await tunnel.SendAsync(new byte[10]).WaitAsync(Patience);

        await first.DisposeAsync();
        Nodes.Remove(first);

        for (var i = 0; i < 20; i++)
        {
            var reply = await tunnel.SendAsync(new byte[] { (byte)i }).WaitAsync(Patience);
            Assert.Equal(i, reply.Span[0]);
        }
    }

    [Fact]
    public async Task A_peer_whose_relays_nobody_uses_is_an_error_that_names_them()
    {
        var relay = await StartAsync(isRelay: true);
        var asked = await StartAsync(isRelay: false, relay);
        var asking = await StartAsync(isRelay: false);
        var peer = await LeasedAsync(asked, leases: 1);

        var failure = await Assert.ThrowsAsync<PeerTunnelException>(() => asking.OpenAsync(peer with { Endpoints = [] }));

        Assert.Contains(relay.Address.ToString(), failure.Message, StringComparison.Ordinal);
    }

    private Task<TunnelNode> StartAsync(IPEndPoint bind, params TunnelNode[] relays) => AddAsync(new()
    {
        FleetSecretFiles = [Secret],
        Binds = [bind],
        Relays = [.. relays.Select(relay => relay.Self with
        {
            Endpoints = [.. relay.Endpoints.Where(endpoint => endpoint.AddressFamily == bind.AddressFamily)],
        })],
        Serve = Echo,
    });

    private Task<TunnelNode> StartAsync(bool isRelay, params TunnelNode[] relays) => AddAsync(new()
    {
        FleetSecretFiles = [Secret],
        IsRelay = isRelay,
        Relays = [.. relays.Select(relay => relay.Self)],
        Serve = Echo,
    });
}
