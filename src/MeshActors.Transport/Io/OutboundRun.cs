using System;
using MeshActors.Transport.Sockets;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Tunnels;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Io;

/// <summary>Collects datagrams that leave in one call: neighbours of one length and one destination, where only the last is shorter.</summary>
/// <remarks>
/// Datagrams are written where they are sent from, side by side; none is copied. A short one leaves at once: its tunnel had no more to say, so nothing
/// is to be gained by waiting, and the peer works on it while the turn goes on.
/// </remarks>
internal sealed class OutboundRun
{
    /// <summary>Room for one datagram, the largest there is.</summary>
    private const int LargestDatagram = 65_527;

    /// <summary>Shorter datagrams wait for no others: half of what every path carries, so none of a flow that fills its datagrams.</summary>
    private const int LeastWaitingBytes = ControlReserve.DatagramBytes / 2;

    private readonly IDatagramSockets _sockets;
    private readonly EngineCounters _counters;
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(3 * LargestDatagram, pinned: true);
    private Transmit _transmit;
    private int _start;
    private int _end;
    private int _segmentBytes;
    private int _count;

    public OutboundRun(IDatagramSockets sockets, EngineCounters counters)
    {
        _sockets = sockets;
        _counters = counters;
    }

    /// <summary>Where the next datagram is to be written, before it is added.</summary>
    public Span<byte> Room
    {
        get
        {
            if (_buffer.Length - _end < LargestDatagram)
            {
                Flush();
            }

            if (_count == 0)
            {
                _start = _end = 0;
            }

            return _buffer.AsSpan(_end);
        }
    }

    /// <summary>Takes a datagram that was written to <see cref="Room"/>; sends what cannot wait any longer.</summary>
    public void Add(int length, in Transmit transmit)
    {
        if (_count > 0 && (transmit.Alone || length > _segmentBytes || transmit != _transmit
            || _end - _start + length > IDatagramSockets.MostRunBytes))
        {
            Flush();
        }

        if (_count == 0)
        {
            _transmit = transmit;
            _segmentBytes = length;
        }

        _end += length;
        _count++;
        if (length < Math.Max(_segmentBytes, LeastWaitingBytes) || transmit.Alone || _count == IDatagramSockets.MostSegments)
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

        var run = _buffer.AsSpan(_start, _end - _start);
        var taken = _transmit.Ttl == 0
            ? _sockets.Send(run, _segmentBytes, _transmit.To, _transmit.Ecn ? EcnMark.Capable0 : EcnMark.NotCapable)
            : _sockets.SendShort(run, _transmit.To, _transmit.Ttl);
        _counters.Sent(run.Length, _count, taken);
        _start = _end;
        _count = 0;
    }
}
