using System;
using System.Collections.Immutable;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Sockets;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Tests.Remoting;

/// <summary>Real sockets behind which only one port can be reached: what is sent anywhere else is lost.</summary>
internal sealed class DeafSockets : IDatagramSockets
{
    private readonly IDatagramSockets _sockets;
    private readonly int _port;

    public DeafSockets(IDatagramSockets sockets, int port)
    {
        _sockets = sockets;
        _port = port;
    }

    public ImmutableArray<UdpEndpoint> LocalEndpoints => _sockets.LocalEndpoints;

    public SocketFacts Facts => _sockets.Facts;

    public bool TryReceive(out DatagramRun run) => _sockets.TryReceive(out run);

    public int Send(ReadOnlySpan<byte> run, int segmentBytes, in UdpEndpoint to, EcnMark ecn) => to.Port == _port
        ? _sockets.Send(run, segmentBytes, to, ecn)
        : DatagramRun.CountOf(run.Length, segmentBytes);

    public void Wait(TimeSpan timeout) => _sockets.Wait(timeout);

    public void Wake() => _sockets.Wake();

    public void Dispose() => _sockets.Dispose();
}
