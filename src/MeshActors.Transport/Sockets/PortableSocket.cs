using System;
using System.Net;
using System.Net.Sockets;
using MeshActors.Transport.Addressing;

namespace MeshActors.Transport.Sockets;

/// <summary>One UDP socket of one address family, by calls that every system has.</summary>
internal sealed class PortableSocket : IDisposable
{
    private readonly SocketAddress _from;
    private readonly SocketAddress _to;

    /// <param name="endpoint">Where to bind it.</param>
    /// <param name="side">Its number when it is a side socket, else −1.</param>
    /// <exception cref="SocketException">The endpoint is taken or is none of this machine's.</exception>
    public PortableSocket(IPEndPoint endpoint, int side = -1)
    {
        Side = side;
        Socket = BoundSocket.Bind(endpoint);
        IsIPv4 = endpoint.AddressFamily == AddressFamily.InterNetwork;
        _from = new SocketAddress(endpoint.AddressFamily);
        _to = new SocketAddress(endpoint.AddressFamily);
    }

    public Socket Socket { get; }

    public bool IsIPv4 { get; }

    /// <summary>Its number when it is a side socket, else −1.</summary>
    public int Side { get; }

    /// <summary>Takes the next datagram.</summary>
    /// <returns>Its length; −1 when none waits. An empty or broken one is 0.</returns>
    public int TryReceive(Span<byte> buffer, out UdpEndpoint from)
    {
        from = default;
        if (!Socket.Poll(0, SelectMode.SelectRead))
        {
            return -1;
        }

        try
        {
            _from.Size = _from.Buffer.Length;
            var length = Socket.ReceiveFrom(buffer, SocketFlags.None, _from);
            from = SocketAddressCodec.Read(_from.Buffer.Span, IsIPv4);
            return length;
        }
        catch (SocketException failure)
        {
            // An error left over from an earlier send (ICMP), or a datagram larger than the buffer.
            return failure.SocketErrorCode == SocketError.WouldBlock ? -1 : 0;
        }
    }

    /// <summary>Sends one datagram.</summary>
    /// <returns>False when the system did not take it.</returns>
    public bool TrySend(ReadOnlySpan<byte> datagram, in UdpEndpoint to)
    {
        SocketAddressCodec.Write(_to.Buffer.Span, to, IsIPv4);
        try
        {
            return Socket.SendTo(datagram, SocketFlags.None, _to) == datagram.Length;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <inheritdoc cref="IDatagramSockets.SendShort"/>
    public int SendShort(ReadOnlySpan<byte> datagram, in UdpEndpoint to, byte hops)
    {
        var usual = Socket.Ttl;
        Socket.Ttl = hops;
        var taken = TrySend(datagram, to);
        Socket.Ttl = usual;
        return taken ? 1 : 0;
    }

    public void Dispose() => Socket.Dispose();
}
