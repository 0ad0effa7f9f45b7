using System;
using System.Net;
using System.Threading;
using MeshActors.Benchmarks.Children;
using MeshActors.Transport.Sockets;
using MeshActors.Transport.Wire;

namespace MeshActors.Benchmarks.Udp;

/// <summary>Sends every datagram back, on the thread that received it: as a handler of a tunnel's stream does.</summary>
internal sealed class UdpEchoServer : ILoadSide
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    private readonly IDatagramSockets _sockets;
    private readonly Thread _thread;
    private volatile bool _ending;

    public UdpEchoServer(IPAddress address)
    {
        _sockets = NodeSockets.Bind(SocketKind.Auto, [new IPEndPoint(address, 0)]);
        _thread = new Thread(Echo) { IsBackground = true };
        _thread.Start();
    }

    public LoadCounters Counters => default;

    public ChildAnswer Open(ChildCommand command) => new() { Endpoint = _sockets.LocalEndpoints[0].ToString() };

    public void Begin(ChildCommand command)
    {
    }

    public void End()
    {
    }

    public Latencies RoundTrips(ChildCommand command) => throw new NotSupportedException();

    public void Dispose()
    {
        _ending = true;
        _sockets.Wake();
        _thread.Join();
        _sockets.Dispose();
    }

    private void Echo()
    {
        while (!_ending)
        {
            while (_sockets.TryReceive(out var run))
            {
                _sockets.Send(run.Bytes, run.SegmentBytes, run.From, EcnMark.NotCapable);
            }

            _sockets.Wait(LongestWait);
        }
    }
}
