using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Sockets;
using MeshActors.Transport.Time;
using MeshActors.Transport.Wire;

namespace MeshActors.TestKit.Nat;

/// <summary>The socket of a whole engine on a host of a <see cref="SimInternet"/>: it never waits, its owner lets time pass.</summary>
internal sealed class SimSockets : IDatagramSockets
{
    /// <summary>The port of side socket 0; those of the others follow.</summary>
    private const ushort FirstSidePort = 20_000;

    private readonly SimInternet _internet;
    private readonly SimHost _host;
    private readonly ushort _port;
    private readonly Clock _clock;
    private readonly Queue<SimDatagram> _waiting = new();

    /// <param name="internet">Where the host is.</param>
    /// <param name="host">Whose socket it is.</param>
    /// <param name="port">Opened with this, closed at the end.</param>
    /// <param name="clock">When datagrams leave.</param>
    public SimSockets(SimInternet internet, SimHost host, ushort port, Clock clock)
    {
        _internet = internet;
        _host = host;
        _port = port;
        _clock = clock;
        host.Open(port);
        LocalEndpoints = [.. host.Interfaces.Select(face => new UdpEndpoint(face.Address, port))];
    }

    public ImmutableArray<UdpEndpoint> LocalEndpoints { get; }

    public SocketFacts Facts { get; } = new(SocketKind.Memory, int.MaxValue, int.MaxValue);

    /// <summary>A datagram has reached the port.</summary>
    public void Take(in SimDatagram datagram) => _waiting.Enqueue(datagram);

    public bool TryReceive(out DatagramRun run)
    {
        run = default;
        if (!_waiting.TryDequeue(out var datagram))
        {
            return false;
        }

        run = new DatagramRun(datagram.Bytes.ToArray(), 0, datagram.From, EcnMark.NotCapable)
        {
            Side = datagram.At.Port == _port ? -1 : datagram.At.Port - FirstSidePort,
        };
        return true;
    }

    public int Send(ReadOnlySpan<byte> run, int segmentBytes, in UdpEndpoint to, EcnMark ecn)
    {
        var isAside = SocketEndpoint.TryRead(to, out var side, out var remote);
        var (port, target) = isAside ? ((ushort)(FirstSidePort + side), remote) : (_port, to);
        var count = DatagramRun.CountOf(run.Length, segmentBytes);
        for (var i = 0; i < count; i++)
        {
            var datagram = run.Slice(i * segmentBytes, Math.Min(segmentBytes, run.Length - (i * segmentBytes)));
            if (!_internet.Send(_host, port, target, datagram.ToArray(), _clock.Now))
            {
                return i;
            }
        }

        return count;
    }

    public int SendShort(ReadOnlySpan<byte> datagram, in UdpEndpoint to, byte hops) =>
        _internet.Send(_host, _port, to, datagram.ToArray(), _clock.Now, hops) ? 1 : 0;

    public bool TryOpenSide(int number, out UdpEndpoint local)
    {
        var port = (ushort)(FirstSidePort + number);
        _host.Open(port);
        local = LocalEndpoints[0] with { Port = port };
        return true;
    }

    public void CloseSide(int number) => _host.Close((ushort)(FirstSidePort + number));

    public void Wait(TimeSpan timeout)
    {
    }

    public void Wake()
    {
    }

    public void Dispose() => _host.Close(_port);
}
