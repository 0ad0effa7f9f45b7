using System;
using System.Threading.Tasks;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Diagnostics;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Paths;
using MeshActors.Transport.Sockets;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Switching;
using MeshActors.Transport.Time;
using Xunit;

namespace MeshActors.Transport.Tests.Io;

/// <summary>Tunnels of real engines whose path goes over a side socket.</summary>
public sealed class SideSocketPathTests
{
    [Theory]
    [InlineData(SocketKind.Linux)]
    [InlineData(SocketKind.Portable)]
    internal async Task A_tunnel_goes_on_over_a_side_socket_when_the_path_of_the_first_socket_dies(SocketKind kind)
    {
        var secret = NewSecret();
        await using var a = new EngineNode(secret, sockets: kind);
        await using var b = new EngineNode(secret, sockets: kind);
        using var way = new UdpForwarder(b.Endpoint);
        var inbox = new InboxHandler();
        var tunnel = a.Engine.Open(new PeerRecord(b.Record.Certificate, [way.Endpoint]));
        var stream = tunnel.OpenStream(StreamLane.Streams, inbox);
        await inbox.SendAsync(stream, new byte[100]);
        await inbox.NextAsync(stream);

        var side = await OpenAsync(a);
        a.Engine.Do((node, now) => Offer(node, SocketEndpoint.Of(side, b.Endpoint), now));
        while (!await IsAsync(a, path => path.Endpoint != way.Endpoint && path.State == PathState.Valid))
        {
            await Task.Yield();
        }

        way.Dispose();
        var message = new byte[8_000_000];
        SystemRandomSource.Instance.Fill(message);
        await inbox.SendAsync(stream, message);
        Assert.Equal(message, (await inbox.NextAsync(stream)).ToArray());

        Assert.Equal(
            SocketEndpoint.Of(side, b.Endpoint), await a.Engine.AskLoopAsync(node => node.Table.Tunnels[0].Path!.Endpoint));
        var local = await a.Engine.AskLoopAsync(node => node.Sides.LocalOf(side));
        Assert.Equal(local, await b.Engine.AskLoopAsync(node => node.Table.Tunnels[0].Path!.Endpoint));
        Assert.Equal(0, a.Engine.Drops[DropReason.ClosedSocket]);
    }

    [Fact]
    public async Task A_side_socket_that_is_given_back_is_closed()
    {
        await using var a = new EngineNode(NewSecret());
        var side = await OpenAsync(a);
        a.Engine.Do((node, _) => node.Sides.Close(side));

        while (await a.Engine.AskLoopAsync(node => node.Sides.StateOf(side)) != SideSocketState.Free)
        {
            await Task.Yield();
        }
    }

    private static async Task<int> OpenAsync(EngineNode node)
    {
        var side = await node.Engine.AskLoopAsync(machines => machines.Sides.TryOpen(out var number) ? number : -1);
        while (!await node.Engine.AskLoopAsync(machines => machines.Sides.IsOpen(side)))
        {
            await Task.Yield();
        }

        return side;
    }

    private static void Offer(NodeSwitch node, UdpEndpoint endpoint, MonoTime now)
    {
        var tunnel = node.Table.Tunnels[0];
        tunnel.Routes.Paths!.Agent.Offer([endpoint], now);
        node.Table.Touch(tunnel);
    }

    private static Task<bool> IsAsync(EngineNode node, Func<PeerPath, bool> holds) => node.Engine.AskLoopAsync(machines =>
    {
        foreach (var path in machines.Table.Tunnels[0].Routes.Paths!.Agent.Paths)
        {
            if (holds(path))
            {
                return true;
            }
        }

        return false;
    });

    private static string NewSecret()
    {
        using var secret = FleetSecret.Generate(SystemRandomSource.Instance);
        return string.Create(FleetSecret.TextLength, secret, (text, from) => from.WriteText(text));
    }
}
