using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using MeshActors.Transport.Addressing;

namespace MeshActors.Transport.Io;

/// <summary>The sockets of one node, both families, and the wake-up of the thread that waits on them.</summary>
internal sealed class SocketSet : IDisposable
{
    private readonly List<UdpSocket> _sockets;
    private readonly List<Socket> _waitList = [];
    private readonly Socket _wake;
    private readonly byte[] _wakeByte = new byte[1];

    private SocketSet(List<UdpSocket> sockets, Socket wake)
    {
        _sockets = sockets;
        _wake = wake;
        foreach (var socket in sockets)
        {
            LocalEndpoints = LocalEndpoints.Add(socket.LocalEndpoint);
        }
    }

    /// <summary>As bound, port 0 resolved.</summary>
    public ImmutableArray<UdpEndpoint> LocalEndpoints { get; } = [];

    public int Count => _sockets.Count;

    /// <summary>Binds one socket for each endpoint.</summary>
    /// <exception cref="SocketException">An endpoint is taken or is none of this machine's; nothing stays bound.</exception>
    public static SocketSet Bind(IReadOnlyList<IPEndPoint> endpoints)
    {
        ArgumentOutOfRangeException.ThrowIfZero(endpoints.Count, nameof(endpoints));
        var sockets = new List<UdpSocket>();
        try
        {
            foreach (var endpoint in endpoints)
            {
                sockets.Add(UdpSocket.Bind(endpoint));
            }

            // Bound to loopback and connected to itself: nobody else's datagram comes in.
            var wake = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
            wake.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            wake.Connect(wake.LocalEndPoint!);
            return new SocketSet(sockets, wake);
        }
        catch
        {
            sockets.ForEach(socket => socket.Dispose());
            throw;
        }
    }

    /// <summary>Waits until a datagram is there, <see cref="Wake"/> was called, or the time is over.</summary>
    public void Wait(TimeSpan timeout)
    {
        _waitList.Clear();
        foreach (var socket in _sockets)
        {
            _waitList.Add(socket.Handle);
        }

        _waitList.Add(_wake);
        Socket.Select(_waitList, null, null, timeout);
        while (_wake.Available > 0)
        {
            _wake.Receive(_wakeByte);
        }
    }

    /// <summary>Ends a wait; from any thread.</summary>
    public void Wake()
    {
        try
        {
            _wake.Send(_wakeByte.AsSpan());
        }
        catch (SocketException)
        {
            // The wake-up queue is full: then the waiting thread wakes anyway.
        }
        catch (ObjectDisposedException)
        {
            // The engine has stopped: nobody waits.
        }
    }

    /// <summary>Takes the next datagram of one socket; see <see cref="UdpSocket.TryReceive"/>.</summary>
    public int TryReceive(int socket, Span<byte> buffer, out UdpEndpoint from) =>
        _sockets[socket].TryReceive(buffer, out from);

    /// <summary>Sends by the first socket of the endpoint's family.</summary>
    /// <returns>False when there is none, or the system did not take it: the datagram counts as lost.</returns>
    public bool TrySend(ReadOnlySpan<byte> datagram, in UdpEndpoint to)
    {
        foreach (var socket in _sockets)
        {
            if (socket.IsIPv4 == to.IsIPv4)
            {
                return socket.TrySend(datagram, to);
            }
        }

        return false;
    }

    public void Dispose()
    {
        _sockets.ForEach(socket => socket.Dispose());
        _wake.Dispose();
    }
}
