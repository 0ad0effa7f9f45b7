using System;
using System.Net;
using System.Threading;
using MeshActors.Benchmarks.Children;

namespace MeshActors.Benchmarks.Udp;

/// <summary>Sends datagrams as fast as the system takes them, sealed one by one or not; nothing tells it what was lost.</summary>
internal sealed class UdpSource : ILoadSide
{
    private readonly BatchSocket _socket;
    private readonly SealedDatagram _sealing = new();
    private readonly byte[] _buffer = GC.AllocateArray<byte>(BatchSocket.LargestDatagram, pinned: true);
    private byte[] _target = [];
    private Thread? _thread;
    private volatile bool _ending;
    private LoadCounters _counters;

    public UdpSource(IPAddress address)
    {
        _socket = new BatchSocket(new IPEndPoint(address, 0));
    }

    public LoadCounters Counters => _counters;

    public ChildAnswer Open(ChildCommand command)
    {
        _target = BatchSocket.WriteAddress(IPEndPoint.Parse(command.Target));
        return new ChildAnswer { Endpoint = _socket.LocalEndpoint.ToString() };
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
        _socket.Dispose();
        _sealing.Dispose();
    }

    private void Send(int size, bool isSealed)
    {
        var segments = Math.Clamp(BatchSocket.LargestDatagram / size, 1, BatchSocket.MaxSegments);
        var batch = _buffer.AsSpan(0, segments * size);
        var sent = _counters;
        while (!_ending)
        {
            if (isSealed)
            {
                for (var at = 0; at < batch.Length; at += size)
                {
                    _sealing.Seal(batch.Slice(at, size), (ulong)(sent.Packets + (at / size)));
                }
            }

            while (!_socket.TrySend(batch, size, _target) && !_ending)
            {
                _socket.Wait(100, forSending: true);
            }

            sent = sent with
            {
                Bytes = sent.Bytes + (segments * (size - (isSealed ? SealedDatagram.Overhead : 0))),
                Messages = sent.Messages + segments,
                Packets = sent.Packets + segments,
                PacketBytes = sent.PacketBytes + batch.Length,
                DriverAllocatedBytes = GC.GetAllocatedBytesForCurrentThread(),
            };
            _counters = sent;
        }
    }
}
