using System;
using System.Net;
using System.Threading;
using MeshActors.Benchmarks.Children;

namespace MeshActors.Benchmarks.Udp;

/// <summary>Sends every datagram back, on the thread that received it: as a handler of a tunnel's stream does.</summary>
internal sealed class UdpEchoServer : ILoadSide
{
    private const int WaitMs = 50;

    private readonly BatchSocket _socket;
    private readonly Thread _thread;
    private volatile bool _ending;

    public UdpEchoServer(IPAddress address)
    {
        _socket = new BatchSocket(new IPEndPoint(address, 0));
        _thread = new Thread(Echo) { IsBackground = true };
        _thread.Start();
    }

    public LoadCounters Counters => default;

    public ChildAnswer Open(ChildCommand command) => new() { Endpoint = _socket.LocalEndpoint.ToString() };

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
        _socket.Wake();
        _thread.Join();
        _socket.Dispose();
    }

    private void Echo()
    {
        while (!_ending)
        {
            var slots = _socket.Receive();
            for (var slot = 0; slot < slots; slot++)
            {
                var received = _socket.Received(slot, out var segmentBytes);
                _socket.TrySend(received, segmentBytes, _socket.From(slot));
            }

            if (slots == 0)
            {
                _socket.Wait(WaitMs);
            }
        }
    }
}
