using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Sockets;

/// <summary>Sockets by calls that every system has: one call for each datagram, no marks.</summary>
internal sealed class PortableSockets : IDatagramSockets
{
    private const int LargestDatagram = 65_527;

    /// <summary>Datagrams taken of one socket before the next has its turn.</summary>
    private const int DatagramsPerRound = 64;

    // Those that were bound first, then side sockets.
    private readonly List<PortableSocket> _sockets = [];
    private readonly List<Socket> _waitList = [];
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(LargestDatagram, pinned: true);
    private readonly byte[] _wakeByte = new byte[1];
    private readonly Socket _wake;
    private int _current;
    private int _taken;

    /// <summary>Binds one socket for each endpoint.</summary>
    /// <exception cref="SocketException">An endpoint is taken or is none of this machine's; nothing stays bound.</exception>
    public PortableSockets(IReadOnlyList<IPEndPoint> endpoints, string fallback = "")
    {
        try
        {
            foreach (var endpoint in endpoints)
            {
                _sockets.Add(new PortableSocket(endpoint));
            }

            // Bound to loopback and connected to itself: nobody else's datagram comes in.
            _wake = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
            _wake.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            _wake.Connect(_wake.LocalEndPoint!);
        }
        catch
        {
            _sockets.ForEach(socket => socket.Dispose());
            _wake?.Dispose();
            throw;
        }

        LocalEndpoints = [.. _sockets.Select(socket => UdpEndpoint.From((IPEndPoint)socket.Socket.LocalEndPoint!))];
        Facts = new SocketFacts(
            SocketKind.Portable,
            _sockets.Min(socket => socket.Socket.ReceiveBufferSize),
            _sockets.Min(socket => socket.Socket.SendBufferSize),
            fallback);
    }

    public ImmutableArray<UdpEndpoint> LocalEndpoints { get; }

    public SocketFacts Facts { get; }

    public bool TryReceive(out DatagramRun run)
    {
        for (; _current < _sockets.Count; _current++, _taken = 0)
        {
            if (_taken < DatagramsPerRound
                && _sockets[_current].TryReceive(_buffer, out var from) is >= 0 and var length)
            {
                _taken++;
                run = new DatagramRun(_buffer.AsSpan(0, length), length, from, EcnMark.NotCapable)
                {
                    Side = _sockets[_current].Side,
                };
                return true;
            }
        }

        _current = 0;
        run = default;
        return false;
    }

    public int Send(ReadOnlySpan<byte> run, int segmentBytes, in UdpEndpoint to, EcnMark ecn)
    {
        var remote = to;
        return Route(ref remote) is { } socket ? Send(socket, run, segmentBytes, remote) : 0;
    }

    public int SendShort(ReadOnlySpan<byte> datagram, in UdpEndpoint to, byte hops)
    {
        var remote = to;
        return Route(ref remote) is { IsIPv4: true } socket ? socket.SendShort(datagram, remote, hops) : 0;
    }

    public bool TryOpenSide(int number, out UdpEndpoint local)
    {
        local = default;
        if (_sockets.Find(socket => socket.IsIPv4) is not { } first || SideOf(number) is not null)
        {
            return false;
        }

        PortableSocket socket;
        try
        {
            socket = new PortableSocket(new IPEndPoint(((IPEndPoint)first.Socket.LocalEndPoint!).Address, 0), number);
        }
        catch (SocketException)
        {
            return false;
        }

        local = UdpEndpoint.From((IPEndPoint)socket.Socket.LocalEndPoint!);
        _sockets.Add(socket);
        return true;
    }

    public void CloseSide(int number)
    {
        if (SideOf(number) is { } socket)
        {
            _sockets.Remove(socket);
            socket.Dispose();
        }
    }

    public void Wait(TimeSpan timeout)
    {
        _waitList.Clear();
        foreach (var socket in _sockets)
        {
            _waitList.Add(socket.Socket);
        }

        _waitList.Add(_wake);
        Socket.Select(_waitList, null, null, timeout);
        while (_wake.Available > 0)
        {
            _wake.Receive(_wakeByte);
        }
    }

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
            // Nobody waits any more.
        }
    }

    public void Dispose()
    {
        _sockets.ForEach(socket => socket.Dispose());
        _wake.Dispose();
    }

    private PortableSocket? SideOf(int number)
    {
        foreach (var socket in _sockets)
        {
            if (socket.Side == number)
            {
                return socket;
            }
        }

        return null;
    }

    /// <summary>By which socket an endpoint is reached, and what it is there.</summary>
    private PortableSocket? Route(ref UdpEndpoint to)
    {
        if (SocketEndpoint.TryRead(to, out var side, out var remote))
        {
            to = remote;
            return SideOf(side);
        }

        foreach (var socket in _sockets)
        {
            if (socket.Side < 0 && socket.IsIPv4 == to.IsIPv4)
            {
                return socket;
            }
        }

        return null;
    }

    private static int Send(PortableSocket socket, ReadOnlySpan<byte> run, int segmentBytes, in UdpEndpoint to)
    {
        var taken = 0;
        for (; !run.IsEmpty; run = run[Math.Min(segmentBytes, run.Length)..])
        {
            taken += socket.TrySend(run[..Math.Min(segmentBytes, run.Length)], to) ? 1 : 0;
        }

        return taken;
    }
}
