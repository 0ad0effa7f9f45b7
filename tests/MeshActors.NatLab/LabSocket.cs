using System;
using System.Net;
using System.Net.Sockets;
using MeshActors.LinkLab.Linux;

namespace MeshActors.NatLab;

/// <summary>A plain UDP socket in a namespace; it stays there whichever thread uses it.</summary>
internal sealed class LabSocket : IDisposable
{
    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[64];

    private LabSocket(Socket socket)
    {
        _socket = socket;
    }

    /// <summary>Where it is bound, with <see cref="IPAddress.Any"/> where no address was asked for.</summary>
    public IPEndPoint Local => (IPEndPoint)_socket.LocalEndPoint!;

    /// <param name="place">Where.</param>
    /// <param name="address">By which address; null for any.</param>
    /// <param name="port">By which port; 0 for any.</param>
    public static LabSocket Open(NetworkNamespace place, IPAddress? address = null, int port = 0) => place.Inside(() =>
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(address ?? IPAddress.Any, port));
        return new LabSocket(socket);
    });

    /// <summary>Sends one byte.</summary>
    /// <returns>False when the system refuses.</returns>
    public bool TrySend(IPEndPoint to, byte tag)
    {
        try
        {
            return _socket.SendTo([tag], to) == 1;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Waits for a datagram with a tag; others are dropped.</summary>
    /// <returns>Where it came from, null when none came in time.</returns>
    public IPEndPoint? Receive(byte tag, TimeSpan patience)
    {
        while (_socket.Poll(patience, SelectMode.SelectRead))
        {
            EndPoint from = new IPEndPoint(IPAddress.Any, 0);
            try
            {
                if (_socket.ReceiveFrom(_buffer, ref from) == 1 && _buffer[0] == tag)
                {
                    return (IPEndPoint)from;
                }
            }
            catch (SocketException)
            {
                // An unreachable answer to what was sent before.
            }
        }

        return null;
    }

    public void Dispose() => _socket.Dispose();
}
