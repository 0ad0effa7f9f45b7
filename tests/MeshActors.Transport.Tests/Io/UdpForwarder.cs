using System;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;
using MeshActors.Transport.Addressing;

namespace MeshActors.Transport.Tests.Io;

/// <summary>A way between one asker and a target that a test can cut: datagrams that come to it go on from a port of its own.</summary>
internal sealed class UdpForwarder : IDisposable
{
    private readonly Socket _front = Bind();
    private readonly Socket _back = Bind();
    private readonly IPEndPoint _target;
    private IPEndPoint? _asker;

    public UdpForwarder(UdpEndpoint target)
    {
        _target = target.ToIPEndPoint();
        _ = PumpAsync(_front, _back, forth: true);
        _ = PumpAsync(_back, _front, forth: false);
    }

    /// <summary>Where it is asked.</summary>
    public UdpEndpoint Endpoint => UdpEndpoint.From((IPEndPoint)_front.LocalEndPoint!);

    public void Dispose()
    {
        _front.Dispose();
        _back.Dispose();
    }

    private static Socket Bind()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    private async Task PumpAsync(Socket from, Socket to, bool forth)
    {
        var buffer = new byte[65_536];
        try
        {
            while (true)
            {
                var received = await from.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0));
                _asker = forth ? (IPEndPoint)received.RemoteEndPoint : _asker;
                await to.SendToAsync(buffer.AsMemory(0, received.ReceivedBytes), SocketFlags.None, forth ? _target : _asker!);
            }
        }
        catch (Exception ended) when (ended is SocketException or ObjectDisposedException)
        {
            // Cut.
        }
    }
}
