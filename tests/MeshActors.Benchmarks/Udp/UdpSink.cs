using System;
using System.Net;
using System.Threading;
using MeshActors.Benchmarks.Children;
using MeshActors.Transport.Sockets;

namespace MeshActors.Benchmarks.Udp;

/// <summary>Takes datagrams by the engine's own sockets and counts them; sealed ones only when they open.</summary>
internal sealed class UdpSink : ILoadSide
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(50);

    private readonly IDatagramSockets _sockets;
    private readonly SealedDatagram _sealing = new();
    private Thread? _thread;
    private volatile bool _ending;
    private LoadCounters _counters;

    public UdpSink(IPAddress address)
    {
        _sockets = NodeSockets.Bind(SocketKind.Auto, [new IPEndPoint(address, 0)]);
    }

    public LoadCounters Counters => _counters;

    public ChildAnswer Open(ChildCommand command) => new() { Endpoint = _sockets.LocalEndpoints[0].ToString() };

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
        int left;
        do
        {
            left = 0;
            while (_sockets.TryReceive(out _))
            {
                left++;
            }
        }
        while (left > 0);
    }

    public Latencies RoundTrips(ChildCommand command) => throw new NotSupportedException();

    public void Dispose()
    {
        End();
        _sockets.Dispose();
        _sealing.Dispose();
    }

    private void Take(bool isSealed)
    {
        var taken = _counters;
        while (!_ending)
        {
            var runs = 0;
            while (_sockets.TryReceive(out var run))
            {
                runs++;
                taken = Take(run, isSealed, taken);
            }

            _counters = taken with { DriverAllocatedBytes = GC.GetAllocatedBytesForCurrentThread() };
            if (runs == 0)
            {
                _sockets.Wait(LongestWait);
            }
        }
    }

    private LoadCounters Take(in DatagramRun run, bool isSealed, LoadCounters taken)
    {
        var count = run.Count;
        var faults = 0;
        var bytes = run.Bytes.Length;
        for (var i = 0; isSealed && i < count; i++)
        {
            var datagram = run[i];
            if (_sealing.TryOpen(datagram))
            {
                bytes -= SealedDatagram.Overhead;
            }
            else
            {
                faults++;
                bytes -= datagram.Length;
            }
        }

        return taken with
        {
            Bytes = taken.Bytes + bytes,
            Messages = taken.Messages + count,
            Packets = taken.Packets + count,
            PacketBytes = taken.PacketBytes + run.Bytes.Length,
            Faults = taken.Faults + faults,
        };
    }
}
