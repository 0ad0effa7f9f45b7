using System;
using System.Threading.Tasks;
using MeshActors.NatLab.Nodes;
using MeshActors.Transport.Nodes;
using MeshActors.Transport.Time;
using Xunit;

namespace MeshActors.EndToEnd.Tests;

/// <summary>Nodes in processes of their own behind a gateway with miniupnpd: others come in while they run, and nothing is left when they have ended.</summary>
public sealed class MappedNodeTests
{
    private const ushort Port = 7400;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [MiniupnpdFact]
    public Task A_node_has_its_gateway_map_its_port_by_pcp_and_gives_it_back_when_it_stops() => MapAndGiveBackAsync(byUpnp: false);

    [MiniupnpdFact]
    public Task A_node_has_its_gateway_map_its_port_by_upnp_and_gives_it_back_when_it_stops() => MapAndGiveBackAsync(byUpnp: true);

    private static async Task MapAndGiveBackAsync(bool byUpnp)
    {
        using var temporary = new TemporaryDirectory();
        var secret = temporary.PathOf("secret");
        TunnelNode.CreateFleetSecret(secret);
        await using var gateway = await MiniupnpdGateway.StartAsync(byUpnp);
        var inside = await NodeProcess.StartAsync(gateway.Behind, new NodeOrder(secret, $"0.0.0.0:{Port}", IsRelay: false, [], 5));
        try
        {
            await UntilAsync(() => gateway.ListRules().Contains($"dnat ip to {MiniupnpdGateway.Inside}:{Port}", StringComparison.Ordinal));
            await using var outside = await NodeProcess.StartAsync(
                gateway.Before, new NodeOrder(secret, $"{MiniupnpdGateway.Outside}:{Port}", IsRelay: false, [], 5));
            var peer = inside.Events[0].Peer! with { Endpoints = [$"{MiniupnpdGateway.Public}:{Port}"] };
            await outside.AskAsync(NodeWish.Talk, peer);
            Assert.NotNull(await outside.WaitAsync(NodeEvent.First, Patience));
        }
        finally
        {
            await inside.DisposeAsync();
        }

        Assert.DoesNotContain("dnat", gateway.ListRules(), StringComparison.Ordinal);
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        for (var end = Clock.System.Now + Patience; !holds();)
        {
            Assert.True(Clock.System.Now < end, "the gateway mapped nothing");
            await Task.Yield();
        }
    }
}
