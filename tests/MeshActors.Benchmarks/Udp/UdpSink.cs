using System;
using System.Net;
using System.Threading;
using MeshActors.Benchmarks.Children;

namespace MeshActors.Benchmarks.Udp;

/// <summary>Takes datagrams and counts them; sealed ones only when they open.</summary>
internal sealed class UdpSink : ILoadSide
{
    private const int WaitMs = 50;

    private readonly BatchSocket _socket;
    private readonly SealedDatagram _sealing = new();
    private Thread? _thread;
    private volatile bool _ending;
    private LoadCounters _counters;

    public UdpSink(IPAddress address)
    {
        _socket = new BatchSocket(new IPEndPoint(address, 0));
    }

    public LoadCounters Counters => _counters;

    public ChildAnswer Open(ChildCommand command) => new() { Endpoint = _socket.LocalEndpoint.ToString() };

    public void Begin(ChildCommand command)
    {
        _ending = false;
        _thread = new Thread(() => Take(command.Sealed)) { IsBackground = true };
        _thread.Start();
    }

    public void End()
    {
        _ending = true;
        _thread?.Join();
        _thread = null;
        while (_socket.Receive() > 0)
        {
        }
    }

    public Latencies RoundTrips(ChildCommand command) => throw new NotSupportedException();

    public void Dispose()
    {
        End();
        _socket.Dispose();
        _sealing.Dispose();
    }

    private void Take(bool isSealed)
    {
        var taken = _counters;
        while (!_ending)
        {
            var slots = _socket.Receive();
            if (slots == 0)
            {
                _socket.Wait(WaitMs);
                continue;
            }

            for (var slot = 0; slot < slots; slot++)
            {
                var received = _socket.Received(slot, out var segmentBytes);
                taken = Take(received, segmentBytes, isSealed, taken);
            }

            _counters = taken with { DriverAllocatedBytes = GC.GetAllocatedBytesForCurrentThread() };
        }
    }

    private LoadCounters Take(Span<byte> received, int segmentBytes, bool isSealed, LoadCounters taken)
    {
        var packets = 0;
        var faults = 0;
        var bytes = 0;
        for (var at = 0; at < received.Length; at += segmentBytes)
        {
            var datagram = received.Slice(at, Math.Min(segmentBytes, received.Length - at));
            packets++;
            if (!isSealed)
            {
                bytes += datagram.Length;
            }
            else if (_sealing.TryOpen(datagram))
            {
                bytes += datagram.Length - SealedDatagram.Overhead;
            }
            else
            {
                faults++;
            }
        }

        return taken with
        {
            Bytes = taken.Bytes + bytes,
            Messages = taken.Messages + packets,
            Packets = taken.Packets + packets,
            PacketBytes = taken.PacketBytes + received.Length,
            Faults = taken.Faults + faults,
        };
    }
}
