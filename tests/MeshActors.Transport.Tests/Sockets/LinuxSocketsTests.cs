using System.Linq;
using System.Net;
using System.Net.Sockets;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Sockets;
using MeshActors.Transport.Wire;
using Xunit;

namespace MeshActors.Transport.Tests.Sockets;

/// <summary>Needs Linux 5.0 or later, as every machine that runs these tests has.</summary>
public sealed class LinuxSocketsTests : DatagramSocketsContract
{
    [Fact]
    public void It_is_what_a_node_gets_by_itself()
    {
        using var sockets = NodeSockets.Bind(SocketKind.Auto, [new IPEndPoint(IPAddress.Loopback, 0)]);

        Assert.Equal(SocketKind.Linux, sockets.Facts.Kind);
        Assert.Empty(sockets.Facts.Fallback);
    }

    [Fact]
    public void A_run_arrives_at_sockets_that_know_no_runs()
    {
        var a = Bind(IPAddress.Loopback);
        using var b = new PortableSockets([new IPEndPoint(IPAddress.Loopback, 0)]);

        Assert.Equal(3, a.Send(Bytes(2_500), 1_000, b.LocalEndpoints[0], EcnMark.Capable0));

        Assert.Equal([1_000, 1_000, 500], Receive(b, 3).Select(datagram => datagram.Bytes.Length));
    }

    [Fact]
    public void A_run_that_came_joined_is_split_where_it_was_joined()
    {
        var (a, b) = Pair("127.0.0.1");
        a.Send(Bytes(3_000), 1_000, b.LocalEndpoints[0], EcnMark.NotCapable);
        b.Wait(System.TimeSpan.FromSeconds(20));

        Assert.True(b.TryReceive(out var run));

        Assert.Equal((3, 1_000), (run.Count, run.SegmentBytes));
    }

    [Fact]
    public void An_empty_datagram_is_one_without_content()
    {
        var a = Bind(IPAddress.Loopback);
        using var stranger = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        stranger.SendTo([], a.LocalEndpoints[0].ToIPEndPoint());
        stranger.SendTo([1], a.LocalEndpoints[0].ToIPEndPoint());

        var arrived = Receive(a, 2);

        Assert.Equal([0, 1], arrived.Select(datagram => datagram.Bytes.Length));
        Assert.Equal(UdpEndpoint.From((IPEndPoint)stranger.LocalEndPoint!).Port, arrived[0].From.Port);
    }

    private protected override IDatagramSockets BindKind(params IPEndPoint[] endpoints) =>
        NodeSockets.Bind(SocketKind.Linux, endpoints);
}
