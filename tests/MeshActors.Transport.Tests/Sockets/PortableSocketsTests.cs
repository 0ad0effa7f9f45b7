using System.Linq;
using System.Net;
using System.Net.Sockets;
using MeshActors.Transport.Sockets;
using Xunit;

namespace MeshActors.Transport.Tests.Sockets;

public sealed class PortableSocketsTests : DatagramSocketsContract
{
    private protected override bool CarriesMarks => false;

    [Fact]
    public void An_empty_datagram_is_one_without_content()
    {
        var a = Bind(IPAddress.Loopback);
        using var stranger = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        stranger.SendTo([], a.LocalEndpoints[0].ToIPEndPoint());
        stranger.SendTo([1], a.LocalEndpoints[0].ToIPEndPoint());

        Assert.Equal([0, 1], Receive(a, 2).Select(datagram => datagram.Bytes.Length));
    }

    private protected override IDatagramSockets BindKind(params IPEndPoint[] endpoints) =>
        NodeSockets.Bind(SocketKind.Portable, endpoints);
}
