using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Wire;
using Microsoft.Win32.SafeHandles;

namespace MeshActors.Transport.Sockets;

/// <summary>Sockets by the calls of Linux 5.0 and later: runs of datagrams, marks, waits finer than a millisecond.</summary>
internal sealed unsafe class LinuxSockets : IDatagramSockets
{
    private readonly int _bound;
    private readonly LinuxBatch[] _batches;
    private readonly List<LinuxBuffers> _buffers = [];
    private readonly SafeFileHandle _wake;
    private LinuxSocket?[] _sides = [];
    private LinuxBuffers? _sideBuffers;
    private int _current = -1;
    private bool _havePolled;

    // Those that were bound first, then side sockets.
    private LinuxSocket[] _sockets;
    private int _count;

    // The wake-up first, then one for each socket, in their order.
    private LinuxCalls.Pollable[] _pollables;

    /// <summary>Binds one socket for each endpoint.</summary>
    /// <exception cref="SocketException">An endpoint is taken or none of this machine's, or the kernel is too old; nothing stays bound.</exception>
    public LinuxSockets(IReadOnlyList<IPEndPoint> endpoints)
    {
        var sockets = new List<LinuxSocket>();
        try
        {
            foreach (var endpoint in endpoints)
            {
                var buffers = new LinuxBuffers(endpoint.AddressFamily == AddressFamily.InterNetwork);
                _buffers.Add(buffers);
                sockets.Add(new LinuxSocket(endpoint, buffers));
            }

            _wake = LinuxCalls.NewEvent();
            if (_wake.IsInvalid)
            {
                throw new SocketException((int)SocketError.TooManyOpenSockets);
            }
        }
        catch
        {
            sockets.ForEach(socket => socket.Dispose());
            _buffers.ForEach(buffers => buffers.Dispose());
            throw;
        }

        _sockets = [.. sockets];
        _bound = _count = sockets.Count;
        _batches = [.. sockets.Select(socket => new LinuxBatch(socket.IsIPv4))];
        _pollables = GC.AllocateArray<LinuxCalls.Pollable>(sockets.Count + 1, pinned: true);
        _pollables[0] = Readable((int)_wake.DangerousGetHandle());
        for (var i = 0; i < sockets.Count; i++)
        {
            _pollables[i + 1] = Readable(sockets[i].Descriptor);
        }

        LocalEndpoints = [.. sockets.Select(socket => UdpEndpoint.From((IPEndPoint)socket.Socket.LocalEndPoint!))];
        Facts = new SocketFacts(
            SocketKind.Linux,
            sockets.Min(socket => socket.Socket.ReceiveBufferSize),
            sockets.Min(socket => socket.Socket.SendBufferSize));
    }

    public ImmutableArray<UdpEndpoint> LocalEndpoints { get; }

    public SocketFacts Facts { get; }

    public bool TryReceive(out DatagramRun run)
    {
        while (_current < 0 || !_sockets[_current].HasRuns)
        {
            if (_current < 0 && _count > _bound && !_havePolled)
            {
                Look();
            }

            if (++_current == _count)
            {
                _current = -1;
                _havePolled = false;
                run = default;
                return false;
            }

            // After a wait it is known which sockets have something: a wake-up by a command costs no call to those that have not.
            if (!_havePolled || _pollables[_current + 1].Ready != 0)
            {
                _sockets[_current].Receive();
            }
        }

        run = _sockets[_current].Take();
        return true;
    }

    public int Send(ReadOnlySpan<byte> run, int segmentBytes, in UdpEndpoint to, EcnMark ecn)
    {
        var ipv4 = to.IsIPv4;
        if (!ipv4 && SocketEndpoint.TryRead(to, out var side, out var remote))
        {
            return SideOf(side)?.Send(run, segmentBytes, remote, ecn) ?? 0;
        }

        var index = FirstOf(ipv4);
        return index < 0 ? 0 : _sockets[index].Send(run, segmentBytes, to, ecn);
    }

    public int SendShort(ReadOnlySpan<byte> datagram, in UdpEndpoint to, byte hops)
    {
        if (SocketEndpoint.TryRead(to, out var side, out var remote))
        {
            return SideOf(side)?.SendShort(datagram, remote, hops) ?? 0;
        }

        var index = to.IsIPv4 ? FirstOf(ipv4: true) : -1;
        return index < 0 ? 0 : _sockets[index].SendShort(datagram, to, hops);
    }

    public int SendMany(ReadOnlySpan<byte> bytes, ReadOnlySpan<OutboundDatagram> each)
    {
        var taken = 0;
        while (!each.IsEmpty)
        {
            // Neighbours of one family leave together.
            var ipv4 = each[0].To.IsIPv4;
            var count = 1;
            while (count < each.Length && each[count].To.IsIPv4 == ipv4)
            {
                count++;
            }

            taken += FirstOf(ipv4) is var index and >= 0 ? _batches[index].Send(_sockets[index], bytes, each[..count]) : 0;
            each = each[count..];
        }

        return taken;
    }

    public bool TryOpenSide(int number, out UdpEndpoint local)
    {
        local = default;
        var index = FirstOf(ipv4: true);
        if (index < 0 || SideOf(number) is not null)
        {
            return false;
        }

        LinuxSocket socket;
        try
        {
            _sideBuffers ??= new LinuxBuffers(isIPv4: true);
            socket = new LinuxSocket(
                new IPEndPoint(((IPEndPoint)_sockets[index].Socket.LocalEndPoint!).Address, 0), _sideBuffers, number);
        }
        catch (SocketException)
        {
            return false;
        }

        local = UdpEndpoint.From((IPEndPoint)socket.Socket.LocalEndPoint!);
        MakeRoom(number);
        _sides[number] = socket;
        _sockets[_count] = socket;
        _pollables[++_count] = Readable(socket.Descriptor);
        return true;
    }

    public void CloseSide(int number)
    {
        if (SideOf(number) is not { } socket)
        {
            return;
        }

        _sides[number] = null;
        var index = Array.IndexOf(_sockets, socket);
        _pollables[index + 1] = _pollables[_count];
        _sockets[index] = _sockets[--_count];
        _sockets[_count] = null!;
        socket.Dispose();
    }

    public void Wait(TimeSpan timeout)
    {
        fixed (LinuxCalls.Pollable* pollables = _pollables)
        {
            // One that was interrupted has said nothing.
            var ready = LinuxCalls.Poll(pollables, _count + 1, timeout);
            _havePolled = ready >= 0;
            if (ready > 0 && pollables[0].Ready != 0)
            {
                LinuxCalls.Lower(pollables[0].Descriptor);
            }
        }
    }

    public void Wake()
    {
        try
        {
            LinuxCalls.Raise(_wake);
        }
        catch (ObjectDisposedException)
        {
            // Nobody waits any more.
        }
    }

    public void Dispose()
    {
        foreach (var socket in _sockets.AsSpan(0, _count))
        {
            socket.Dispose();
        }

        foreach (var batch in _batches)
        {
            batch.Dispose();
        }

        _buffers.ForEach(buffers => buffers.Dispose());
        _sideBuffers?.Dispose();

        _wake.Dispose();
    }

    /// <summary>With side sockets one call says which of all have something; the wake-up stays raised.</summary>
    private void Look()
    {
        fixed (LinuxCalls.Pollable* pollables = _pollables)
        {
            _havePolled = LinuxCalls.Poll(pollables + 1, _count, TimeSpan.Zero) >= 0;
        }
    }

    private LinuxSocket? SideOf(int number) => number < _sides.Length ? _sides[number] : null;

    private void MakeRoom(int number)
    {
        if (number >= _sides.Length)
        {
            Array.Resize(ref _sides, number + 1);
        }

        if (_count == _sockets.Length)
        {
            Array.Resize(ref _sockets, 2 * _count);
            var pollables = GC.AllocateArray<LinuxCalls.Pollable>(_sockets.Length + 1, pinned: true);
            _pollables.CopyTo(pollables, 0);
            _pollables = pollables;
        }
    }

    private int FirstOf(bool ipv4)
    {
        for (var index = 0; index < _bound; index++)
        {
            if (_sockets[index].IsIPv4 == ipv4)
            {
                return index;
            }
        }

        return -1;
    }

    private static LinuxCalls.Pollable Readable(int descriptor) =>
        new() { Descriptor = descriptor, Wanted = LinuxCalls.ReadyToRead };
}
