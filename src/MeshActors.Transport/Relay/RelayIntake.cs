using System;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Diagnostics;
using MeshActors.Transport.Time;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Relay;

/// <summary>What comes in at a relay: verified by groups, held against buckets, put into the queue of its receiver.</summary>
/// <remarks>Checks in order of cost: form, lease, counter, bucket, then the tag; only then is anything remembered.</remarks>
internal sealed class RelayIntake
{
    /// <summary>Where in a slot a frame is put: before it there is room for what it grows by between relays.</summary>
    private const int Headroom = 2 * RelayFrame.SourceSize;

    /// <summary>Bytes before the datagram in a frame of a relay.</summary>
    private const int RelayHead = RelayFrame.Size + RelayFrame.SourceSize;

    private readonly RelayLeases _leases;
    private readonly RelayWays _ways;
    private readonly RelayBuffers _buffers;
    private readonly RelayQueues _queues;
    private readonly ITunnelTrace _trace;
    private readonly (RelayLease Lease, RelayFrame Frame, int Slot, int Length)[] _pending =
        new (RelayLease, RelayFrame, int, int)[RelayTagGroup.Most];

    private readonly RelayTagGroup _tags = new();
    private int _count;

    public RelayIntake(
        RelayLeases leases, RelayWays ways, RelayBuffers buffers, RelayQueues queues, ITunnelTrace trace)
    {
        _leases = leases;
        _ways = ways;
        _buffers = buffers;
        _queues = queues;
        _trace = trace;
    }

    /// <inheritdoc cref="RelayTable.HandleFrame"/>
    public DropReason? Handle(ReadOnlySpan<byte> datagram, MonoTime now)
    {
        if (Judge(datagram, out var lease, out var frame, now) is { } reason)
        {
            _trace.Dropped(reason);
            return reason;
        }

        if (!_queues.TryRent(out var slot))
        {
            _trace.Dropped(DropReason.LimitReached);
            return DropReason.LimitReached;
        }

        var bytes = _buffers[slot].Slice(Headroom, datagram.Length);
        datagram.CopyTo(bytes);
        var head = lease!.Forwards ? RelayHead : RelayFrame.Size;
        _tags.Set(_count, lease.Keys.Receive, lease.Keys.ReceiveState, bytes, head, _buffers.DigestOf(slot));
        _pending[_count] = (lease, frame, slot, datagram.Length);
        if (++_count == RelayTagGroup.Most)
        {
            Settle(now);
        }

        return null;
    }

    /// <summary>Verifies what was taken and puts it where it goes.</summary>
    public void Settle(MonoTime now)
    {
        if (_count == 0)
        {
            return;
        }

        _tags.ComputeDigests(_count);
        _tags.Compute(_count);
        for (var i = 0; i < _count; i++)
        {
            var (lease, frame, slot, length) = _pending[i];
            _pending[i] = default;
            var reason = _tags[i] == RelayTag.Of(_buffers[slot][Headroom..])
                ? Accept(lease, frame, slot, length, now)
                : DropReason.AuthenticationFailed;
            if (reason is { } drop)
            {
                _buffers.Return(slot);
                _trace.Dropped(drop);
            }
        }

        _count = 0;
    }

    private DropReason? Judge(
        ReadOnlySpan<byte> datagram, out RelayLease? lease, out RelayFrame frame, MonoTime now)
    {
        lease = null;
        if (RelayFrame.TryRead(datagram, DatagramType.ToRelay, out frame) is { } malformed)
        {
            return malformed;
        }

        if (datagram.Length > RelayBuffers.SlotSize - Headroom)
        {
            return DropReason.BadLength;
        }

        lease = _leases.Find(frame.Lease);
        if (lease is null)
        {
            return DropReason.UnknownLease;
        }

        if (lease.Forwards && datagram.Length <= RelayHead)
        {
            return DropReason.BadLength;
        }

        var window = lease.Keys.Window;
        return window.IsTooOld(frame.Counter) ? DropReason.TooOld
            : window.IsSeen(frame.Counter) ? DropReason.Replayed
            : !lease.Has(datagram.Length, now) ? DropReason.RateLimited
            : null;
    }

    private DropReason? Accept(RelayLease lease, in RelayFrame frame, int slot, int length, MonoTime now)
    {
        var window = lease.Keys.Window;
        if (!window.MayAccept(frame.Counter))
        {
            return DropReason.Replayed;
        }

        window.Mark(frame.Counter);
        _leases.Prolong(lease, now);
        var reason = !lease.TryTake(length, now) ? DropReason.RateLimited
            : lease.Forwards ? RouteForRelay(lease, frame, slot, length)
            : Route(lease, frame, slot, length);
        if (reason is not null)
        {
            lease.DroppedFrames++;
            return reason;
        }

        lease.SentFrames++;
        lease.SentBytes += length - RelayFrame.Size;
        return null;
    }

    /// <summary>A client sends to a client here, or to one of another relay.</summary>
    private DropReason? Route(RelayLease lease, in RelayFrame frame, int slot, int length)
    {
        var queue = frame.Relay == 0
            ? _leases.Find(frame.Peer)?.Queue
            : _ways.At(frame.Relay) is { Client.IsLeased: true } way ? way.Queue : null;
        if (queue is null || queue == lease.Queue)
        {
            return DropReason.UnreachablePeer;
        }

        _queues.Add(queue, new RelayParcel(
            slot, Headroom + RelayFrame.Size, length - RelayFrame.Size, lease.Owner, frame.Peer, 0));
        return null;
    }

    /// <summary>A relay sends for one of its clients, whose address stands before the datagram: to a client here or nowhere.</summary>
    private DropReason? RouteForRelay(RelayLease lease, in RelayFrame frame, int slot, int length)
    {
        if (frame.Relay != 0)
        {
            return DropReason.ForbiddenHop;
        }

        if (!MeshAddress.TryRead(_buffers[slot][(Headroom + RelayFrame.Size)..], out var source))
        {
            return DropReason.BadHeader;
        }

        if (_leases.Find(frame.Peer) is not { } target || target == lease)
        {
            return DropReason.UnreachablePeer;
        }

        // What the relay sends for itself is answered to its own lease, as with any client.
        var entry = source == lease.Owner ? (ushort)0 : lease.Way!.Index;
        _queues.Add(target.Queue, new RelayParcel(
            slot, Headroom + RelayHead, length - RelayHead, source, frame.Peer, entry));
        return null;
    }
}
