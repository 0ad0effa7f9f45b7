using System;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;
using MeshActors.Transport.Nodes;
using Xunit;

namespace MeshActors.Transport.Tests.Nodes;

/// <summary>Nodes whose relay answers nothing over UDP, and takes connections.</summary>
public sealed class WebSocketNodeTests : FleetTests, IDisposable
{
    private readonly Socket _silent = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

    public WebSocketNodeTests()
    {
        _silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
    }

    public void Dispose() => _silent.Dispose();

    [Fact]
    public async Task Two_nodes_without_udp_talk_over_the_connections_to_their_relay()
    {
        var relay = await StartRelayAsync();
        var asked = await StartAsync(relay);
        var asking = await StartAsync(relay);
        var peer = await LeasedAsync(asked, leases: 1);
        await LeasedAsync(asking, leases: 1);

        var tunnel = await asking.OpenAsync(peer).WaitAsync(Patience);
        foreach (var size in (int[])[1, 5_000, 2_000_000])
        {
            var request = new byte[size];
            new SeededRandom((ulong)size).Fill(request);
            var reply = await tunnel.SendAsync(request).WaitAsync(Patience);
            Assert.True(reply.Span.SequenceEqual(request), $"{size} bytes came back changed");
        }
    }

    [Fact]
    public async Task A_relay_that_stops_is_replaced_by_the_connection_to_the_other_one()
    {
        var (first, second) = (await StartRelayAsync(), await StartRelayAsync());
        var asked = await StartAsync(first, second);
        var asking = await StartAsync(first, second);
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
    public async Task A_connection_is_no_door_for_who_is_not_of_the_fleet()
    {
        var relay = await StartRelayAsync();
        var other = System.IO.Path.Combine(FleetDirectory, "other.secret");
        TunnelNode.CreateFleetSecret(other);
        var stranger = await AddAsync(new() { FleetSecretFiles = [other], Relays = [Blocked(relay)] });
        var member = await StartAsync(relay);

        await LeasedAsync(member, leases: 1);

        Assert.Empty((await stranger.DescribeAsync()).Relays);
        Assert.Empty(stranger.Tunnels);
    }

    [Theory]
    [InlineData("http://127.0.0.1/mesh")]
    [InlineData("ws://127.0.0.1/mesh")]
    [InlineData("wss://user:word@127.0.0.1/mesh")]
    [InlineData("wss://127.0.0.1/mesh?query")]
    public async Task A_relay_is_connected_to_over_tls_or_not_at_all(string address)
    {
        var relay = new TunnelPeer(null, [new IPEndPoint(IPAddress.Loopback, 1)]) { WebSocket = new Uri(address) };

        var failure = await Assert.ThrowsAsync<ArgumentException>(
            () => TunnelNode.StartAsync(new() { FleetSecretFiles = [Secret], Relays = [relay] }));

        Assert.Contains(nameof(TunnelNodeOptions.Relays), failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_a_relay_takes_connections()
    {
        var failure = await Assert.ThrowsAsync<ArgumentException>(() => TunnelNode.StartAsync(
            new() { FleetSecretFiles = [Secret], RelayWebSocketBind = new IPEndPoint(IPAddress.Loopback, 0) }));

        Assert.Contains(nameof(TunnelNodeOptions.RelayWebSocketBind), failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_taken_port_is_told_at_start_and_leaves_nothing_behind()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var options = new TunnelNodeOptions
        {
            FleetSecretFiles = [Secret],
            IsRelay = true,
            RelayWebSocketBind = (IPEndPoint)taken.LocalEndpoint,
        };

        await Assert.ThrowsAsync<SocketException>(() => TunnelNode.StartAsync(options));
    }

    private Task<TunnelNode> StartRelayAsync() => AddAsync(new()
    {
        FleetSecretFiles = [Secret],
        IsRelay = true,
        RelayWebSocketBind = new IPEndPoint(IPAddress.Loopback, 0),
    });

    private Task<TunnelNode> StartAsync(params TunnelNode[] relays) => AddAsync(new()
    {
        FleetSecretFiles = [Secret],
        Relays = [.. relays.Select(Blocked)],
        Serve = Echo,
    });

    /// <summary>A relay whose UDP endpoint is one where nobody answers.</summary>
    private TunnelPeer Blocked(TunnelNode relay) => relay.Self with { Endpoints = [(IPEndPoint)_silent.LocalEndPoint!] };
}
