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
    private readonly LinuxSocket[] _sockets;
    private readonly LinuxBatch[] _batches;
    private readonly LinuxCalls.Pollable[] _pollables;
    private readonly SafeFileHandle _wake;
    private int _current = -1;
    private bool _havePolled;

    /// <summary>Binds one socket for each endpoint.</summary>
    /// <exception cref="SocketException">An endpoint is taken or none of this machine's, or the kernel is too old; nothing stays bound.</exception>
    public LinuxSockets(IReadOnlyList<IPEndPoint> endpoints)
    {
        var sockets = new List<LinuxSocket>();
        try
        {
            foreach (var endpoint in endpoints)
            {
                sockets.Add(new LinuxSocket(endpoint));
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
            throw;
        }

        _sockets = [.. sockets];
        _batches = [.. sockets.Select(socket => new LinuxBatch(socket.IsIPv4))];
        _pollables = GC.AllocateArray<LinuxCalls.Pollable>(sockets.Count + 1, pinned: true);
        for (var i = 0; i < sockets.Count; i++)
        {
            _pollables[i] = Readable(sockets[i].Descriptor);
        }

        _pollables[^1] = Readable((int)_wake.DangerousGetHandle());
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
            if (++_current == _sockets.Length)
            {
                _current = -1;
                _havePolled = false;
                run = default;
                return false;
            }

            // After a wait it is known which sockets have something: a wake-up by a command costs no call to those that have not.
            if (!_havePolled || _pollables[_current].Ready != 0)
            {
                _sockets[_current].Receive();
            }
        }

        run = _sockets[_current].Take();
        return true;
    }

    public int Send(ReadOnlySpan<byte> run, int segmentBytes, in UdpEndpoint to, EcnMark ecn)
    {
        var index = FirstOf(to.IsIPv4);
        return index < 0 ? 0 : _sockets[index].Send(run, segmentBytes, to, ecn);
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

    public void Wait(TimeSpan timeout)
    {
        fixed (LinuxCalls.Pollable* pollables = _pollables)
        {
            // One that was interrupted has said nothing.
            var ready = LinuxCalls.Poll(pollables, _pollables.Length, timeout);
            _havePolled = ready >= 0;
            if (ready > 0 && pollables[_sockets.Length].Ready != 0)
            {
                LinuxCalls.Lower(pollables[_sockets.Length].Descriptor);
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
        foreach (var socket in _sockets)
        {
            socket.Dispose();
        }

        foreach (var batch in _batches)
        {
            batch.Dispose();
        }

        _wake.Dispose();
    }

    private int FirstOf(bool ipv4)
    {
        for (var index = 0; index < _sockets.Length; index++)
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
