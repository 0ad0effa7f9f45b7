using System.Linq;
using System.Net;
using MeshActors.TestKit.Memory;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Sockets;
using MeshActors.Transport.Wire;
using Xunit;

namespace MeshActors.Transport.Tests.Sockets;

public sealed class MemorySocketsTests : DatagramSocketsContract
{
    private readonly MemoryNetwork _network = new();

    private protected override bool HasSides => false;

    [Fact]
    public void A_run_that_is_too_large_for_the_network_is_refused_as_a_whole()
    {
        var narrow = new MemoryNetwork { LargestDatagram = 1_280 };
        using var a = narrow.Bind(UdpEndpoint.From(IPAddress.Loopback, 0));
        using var b = narrow.Bind(UdpEndpoint.From(IPAddress.Loopback, 0));

        Assert.Equal(0, a.Send(Bytes(3_000), 1_281, b.LocalEndpoints[0], EcnMark.NotCapable));
        Assert.Equal(3, a.Send(Bytes(3_000), 1_280, b.LocalEndpoints[0], EcnMark.NotCapable));
        Assert.Equal(3, Receive(b, 3).Count);
    }

    private protected override IDatagramSockets BindKind(params IPEndPoint[] endpoints) =>
        _network.Bind([.. endpoints.Select(UdpEndpoint.From)]);
}
