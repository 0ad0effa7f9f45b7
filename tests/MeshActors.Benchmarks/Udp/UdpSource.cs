using System;
using System.Net;
using System.Threading;
using MeshActors.Benchmarks.Children;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Sockets;
using MeshActors.Transport.Wire;

namespace MeshActors.Benchmarks.Udp;

/// <summary>Sends datagrams by the engine's own sockets as fast as the system takes them, sealed one by one or not; nothing tells it what was lost.</summary>
internal sealed class UdpSource : ILoadSide
{
    private readonly IDatagramSockets _sockets;
    private readonly SealedDatagram _sealing = new();
    private readonly byte[] _buffer = GC.AllocateArray<byte>(IDatagramSockets.MostRunBytes, pinned: true);
    private UdpEndpoint _target;
    private Thread? _thread;
    private volatile bool _ending;
    private LoadCounters _counters;

    public UdpSource(IPAddress address)
    {
        _sockets = NodeSockets.Bind(SocketKind.Auto, [new IPEndPoint(address, 0)]);
    }

    public LoadCounters Counters => _counters;

    public ChildAnswer Open(ChildCommand command)
    {
        _target = UdpEndpoint.From(IPEndPoint.Parse(command.Target));
        return new ChildAnswer { Endpoint = _sockets.LocalEndpoints[0].ToString() };
    }

    public void Begin(ChildCommand command)
    {
        _ending = false;
        _thread = new Thread(() => Send(command.Size, command.Sealed)) { IsBackground = true };
        _thread.Start();
    }

    public void End()
    {
        _ending = true;
        _thread?.Join();
        _thread = null;
    }

    public Latencies RoundTrips(ChildCommand command) => throw new NotSupportedException();

    public void Dispose()
    {
        End();
        _sockets.Dispose();
        _sealing.Dispose();
    }

    private void Send(int size, bool isSealed)
    {
        var segments = Math.Clamp(IDatagramSockets.MostRunBytes / size, 1, IDatagramSockets.MostSegments);
        var run = _buffer.AsSpan(0, segments * size);
        var sent = _counters;
        while (!_ending)
        {
            if (isSealed)
            {
                for (var segment = 0; segment < segments; segment++)
                {
                    _sealing.Seal(run.Slice(segment * size, size), (ulong)(sent.Packets + segment));
                }
            }

            // What the system does not take is lost, as it is for the engine.
            _sockets.Send(run, size, _target, EcnMark.NotCapable);
            sent = sent with
            {
                Bytes = sent.Bytes + (segments * (size - (isSealed ? SealedDatagram.Overhead : 0))),
                Messages = sent.Messages + segments,
                Packets = sent.Packets + segments,
                PacketBytes = sent.PacketBytes + run.Length,
                DriverAllocatedBytes = GC.GetAllocatedBytesForCurrentThread(),
            };
            _counters = sent;
        }
    }
}
