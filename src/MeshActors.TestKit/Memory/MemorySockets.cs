using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Threading;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Sockets;
using MeshActors.Transport.Wire;

namespace MeshActors.TestKit.Memory;

/// <summary>The sockets of a node within one process: whole engines talk without the system between them.</summary>
/// <remarks>As on real sockets, what comes in beyond the buffer is lost, and a run with a datagram that is too large fails as a whole.</remarks>
internal sealed class MemorySockets : IDatagramSockets
{
    /// <summary>Bytes that wait to be received; further runs are lost.</summary>
    public const int BufferBytes = 4 * 1024 * 1024;

    private readonly MemoryNetwork _network;
    private readonly Lock _gate = new();
    private readonly Queue<Arrival> _waiting = new();
    private readonly ManualResetEventSlim _ready = new();
    private int _waitingBytes;
    private int _left;

    public MemorySockets(MemoryNetwork network, ImmutableArray<UdpEndpoint> endpoints)
    {
        _network = network;
        LocalEndpoints = endpoints;
    }

    public ImmutableArray<UdpEndpoint> LocalEndpoints { get; }

    public SocketFacts Facts { get; } = new(SocketKind.Memory, BufferBytes, BufferBytes);

    public bool TryReceive(out DatagramRun run)
    {
        run = default;
        lock (_gate)
        {
            // A round takes what was there when it began.
            _left = _left > 0 ? _left - 1 : _waiting.Count;
            if (_left == 0)
            {
                return false;
            }

            var arrival = _waiting.Dequeue();
            _waitingBytes -= arrival.Bytes.Length;
            run = new DatagramRun(arrival.Bytes, arrival.SegmentBytes, arrival.From, arrival.Ecn);
            return true;
        }
    }

    public int Send(ReadOnlySpan<byte> run, int segmentBytes, in UdpEndpoint to, EcnMark ecn)
    {
        if (SocketEndpoint.TryRead(to, out _, out _))
        {
            return 0;
        }

        var ipv4 = to.IsIPv4;
        foreach (var endpoint in LocalEndpoints)
        {
            if (endpoint.IsIPv4 != ipv4)
            {
                continue;
            }

            if (Math.Min(segmentBytes, run.Length) > _network.LargestDatagram)
            {
                return 0;
            }

            _network.Find(to)?.Take(new Arrival(run.ToArray(), segmentBytes, endpoint, ecn));
            return DatagramRun.CountOf(run.Length, segmentBytes);
        }

        return 0;
    }

    public void Wait(TimeSpan timeout)
    {
        _ready.Wait(timeout);
        lock (_gate)
        {
            if (_waiting.Count == 0)
            {
                _ready.Reset();
            }
        }
    }

    public void Wake() => _ready.Set();

    public void Dispose() => _network.Free(this);

    private void Take(in Arrival arrival)
    {
        lock (_gate)
        {
            if (_waitingBytes + arrival.Bytes.Length <= BufferBytes)
            {
                _waiting.Enqueue(arrival);
                _waitingBytes += arrival.Bytes.Length;
            }
        }

        _ready.Set();
    }

    private readonly record struct Arrival(byte[] Bytes, int SegmentBytes, UdpEndpoint From, EcnMark Ecn);
}
