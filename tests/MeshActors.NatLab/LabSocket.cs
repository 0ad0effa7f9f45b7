using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using MeshActors.LinkLab.Linux;

namespace MeshActors.NatLab;

/// <summary>A plain UDP socket in a namespace; it stays there whichever thread uses it.</summary>
internal sealed class LabSocket : IDisposable
{
    private const int Sends = 3;

    /// <summary>After this a packet counts as lost; ways within one machine take less than a millisecond.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(400);

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

    /// <summary>Waits until something has come to one of the sockets, but not for long.</summary>
    public static void Wait(IEnumerable<LabSocket> sockets, TimeSpan patience)
    {
        if (patience > TimeSpan.Zero)
        {
            Socket.Select(sockets.Select(socket => socket._socket).ToList(), null, null, patience);
        }
    }

    /// <returns>False when the system refuses.</returns>
    public bool TrySend(IPEndPoint to, ReadOnlySpan<byte> datagram)
    {
        try
        {
            return _socket.SendTo(datagram, to) == datagram.Length;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Takes what has come.</summary>
    /// <returns>False when nothing has.</returns>
    public bool TryReceive(byte[] buffer, out int length, out IPEndPoint from)
    {
        EndPoint source = new IPEndPoint(IPAddress.Any, 0);
        (length, from) = (0, (IPEndPoint)source);
        while (_socket.Poll(TimeSpan.Zero, SelectMode.SelectRead))
        {
            try
            {
                length = _socket.ReceiveFrom(buffer, ref source);
                from = (IPEndPoint)source;
                return true;
            }
            catch (SocketException)
            {
                // An unreachable answer to what was sent before, or a datagram that is too long.
            }
        }

        return false;
    }

    /// <summary>Waits for a datagram that is one byte, the tag; others are dropped.</summary>
    /// <returns>Where it came from, null when none came in time.</returns>
    public IPEndPoint? Receive(byte tag, TimeSpan patience)
    {
        while (_socket.Poll(patience, SelectMode.SelectRead))
        {
            if (TryReceive(_buffer, out var length, out var from) && length == 1 && _buffer[0] == tag)
            {
                return from;
            }
        }

        return null;
    }

    /// <summary>Sends a tag to another socket until it comes there, three times at most: a machine that is busy may put a packet off for long.</summary>
    /// <returns>Where it came from, null when it never came.</returns>
    public IPEndPoint? Reach(IPEndPoint to, LabSocket receiver, byte tag)
    {
        IPEndPoint? from = null;
        for (var sent = 0; sent < Sends && from is null && TrySend(to, [tag]); sent++)
        {
            from = receiver.Receive(tag, Patience);
        }

        return from;
    }

    public void Dispose() => _socket.Dispose();
}
