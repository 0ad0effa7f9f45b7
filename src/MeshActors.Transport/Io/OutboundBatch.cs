using System;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Sockets;

namespace MeshActors.Transport.Io;

/// <summary>Collects datagrams for many receivers that leave in one call: what a relay forwards.</summary>
/// <remarks>Beside <see cref="OutboundRun"/>, which is for many datagrams to one receiver. Datagrams are written where they are sent from; none is copied.</remarks>
internal sealed class OutboundBatch
{
    private readonly IDatagramSockets _sockets;
    private readonly EngineCounters _counters;
    private readonly OutboundDatagram[] _each = new OutboundDatagram[IDatagramSockets.MostDatagrams];
    private readonly byte[] _buffer;
    private readonly int _largest;
    private int _end;
    private int _count;

    /// <param name="sockets">Where they leave.</param>
    /// <param name="counters">Counts them.</param>
    /// <param name="largest">Bytes of the largest datagram.</param>
    public OutboundBatch(IDatagramSockets sockets, EngineCounters counters, int largest)
    {
        _sockets = sockets;
        _counters = counters;
        _largest = largest;
        _buffer = GC.AllocateUninitializedArray<byte>(IDatagramSockets.MostDatagrams * largest, pinned: true);
    }

    /// <summary>Where the next datagram is to be written, before it is added; room for the largest.</summary>
    public Span<byte> Room => _buffer.AsSpan(_end, _largest);

    /// <summary>Takes a datagram that was written to <see cref="Room"/>; sends all when the batch is full.</summary>
    public void Add(int length, in UdpEndpoint to)
    {
        _each[_count++] = new OutboundDatagram(_end, length, to);
        _end += length;
        if (_count == _each.Length)
        {
            Flush();
        }
    }

    /// <summary>Sends what was collected.</summary>
    public void Flush()
    {
        if (_count == 0)
        {
            return;
        }

        var taken = _sockets.SendMany(_buffer.AsSpan(0, _end), _each.AsSpan(0, _count));
        _counters.Sent(_end, _count, taken);
        _end = 0;
        _count = 0;
    }
}
