using System;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Diagnostics;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Relay;

/// <summary>What leaves a relay: taken from the queues in turn, sealed by groups for whoever gets it.</summary>
internal sealed class RelayOutlet
{
    private readonly RelayBuffers _buffers;
    private readonly RelayQueues _queues;
    private readonly ITunnelTrace _trace;
    private readonly RelayTagGroup _tags = new();
    private readonly (int Slot, int Start, int Length, UdpEndpoint To, RelayLease? Lease)[] _ready =
        new (int, int, int, UdpEndpoint, RelayLease?)[RelayTagGroup.Most];

    private int _count;
    private int _next;

    public RelayOutlet(RelayBuffers buffers, RelayQueues queues, ITunnelTrace trace)
    {
        _buffers = buffers;
        _queues = queues;
        _trace = trace;
    }

    /// <summary>Frames that left.</summary>
    public long Frames { get; private set; }

    /// <summary>Bytes of the datagrams in them.</summary>
    public long Bytes { get; private set; }

    /// <inheritdoc cref="RelayTable.PollTransmit"/>
    public int Poll(Span<byte> destination, out UdpEndpoint to)
    {
        while (true)
        {
            if (_next == _count && !Seal())
            {
                to = default;
                return 0;
            }

            var ready = _ready[_next++];
            if (ready.Length == 0)
            {
                continue;
            }

            to = ready.To;
            _buffers[ready.Slot].Slice(ready.Start, ready.Length).CopyTo(destination);
            _buffers.Return(ready.Slot);
            Frames++;
            Bytes += ready.Length - RelayFrame.Size;
            return ready.Length;
        }
    }

    /// <summary>Sends nothing more to a receiver that is gone.</summary>
    public void Forget(RelayLease lease)
    {
        for (var i = _next; i < _count; i++)
        {
            if (_ready[i].Lease == lease)
            {
                _buffers.Return(_ready[i].Slot);
                _ready[i] = default;
            }
        }
    }

    /// <summary>Takes the next frames from the queues and seals them together; false when nothing waits.</summary>
    private bool Seal()
    {
        _count = _next = 0;
        while (_count < RelayTagGroup.Most && _queues.TryTake(out var parcel, out var queue))
        {
            if (!(queue.Lease is { } lease ? TryAddress(parcel, lease) : TryAddress(parcel, queue.Way!)))
            {
                // The way or the numbers of the lease are used up since it was queued.
                _buffers.Return(parcel.Slot);
                _trace.Dropped(DropReason.UnreachablePeer);
            }
        }

        _tags.Compute(_count);
        for (var i = 0; i < _count; i++)
        {
            RelayTag.Put(_buffers[_ready[i].Slot][_ready[i].Start..], _tags[i]);
        }

        return _count > 0;
    }

    private bool TryAddress(in RelayParcel parcel, RelayLease lease)
    {
        if (!lease.Keys.TryNext(out var counter))
        {
            return false;
        }

        var start = parcel.Datagram - RelayFrame.Size;
        var frame = _buffers[parcel.Slot].Slice(start, RelayFrame.Size + parcel.Length);
        new RelayFrame(DatagramType.FromRelay, lease.Number, parcel.Source, parcel.Entry, counter).Write(frame);
        lease.ReceivedFrames++;
        lease.ReceivedBytes += parcel.Length;
        _tags.Set(_count, lease.Keys.Send, lease.Keys.SendState, frame, RelayFrame.Size, _buffers.DigestOf(parcel.Slot));
        _ready[_count++] = (parcel.Slot, start, frame.Length, lease.Endpoint, lease);
        return true;
    }

    /// <summary>To another relay: its lease there, and the sender's address before the datagram.</summary>
    private bool TryAddress(in RelayParcel parcel, RelayWay way)
    {
        if (way.Client is not { IsLeased: true } client || !client.Keys!.TryNext(out var counter))
        {
            return false;
        }

        var start = parcel.Datagram - RelayFrame.Size - RelayFrame.SourceSize;
        var frame = _buffers[parcel.Slot][start..(parcel.Datagram + parcel.Length)];
        new RelayFrame(DatagramType.ToRelay, client.Lease, parcel.Target, 0, counter).Write(frame);
        parcel.Source.Write(frame[RelayFrame.Size..]);
        _tags.Set(_count, client.Keys.Send, client.Keys.SendState, frame, RelayFrame.Size + RelayFrame.SourceSize, _buffers.DigestOf(parcel.Slot));
        _ready[_count++] = (parcel.Slot, start, frame.Length, client.Endpoint, null);
        return true;
    }
}
