using System;
using MeshActors.Transport.Time;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Streams;

/// <summary>Puts the next packet together: says whether one may go, and what goes into it in which order.</summary>
/// <remarks>
/// Order within a packet: an acknowledgement, frames that must go beside bytes of streams, streams of the control lane, datagrams, all other streams. Acknowledgements
/// ask nobody; the control lane asks the congestion window and, when that is full, its <see cref="ControlReserve"/>; the rest
/// asks window and pacer (docs/protocol.md, section 6.4).
/// </remarks>
internal sealed class PacketWriter
{
    /// <summary>
    /// Packets beyond the bound that acknowledgements may take, and as many for probes: when both sides are at the bound, each waits for
    /// an acknowledgement of the other, and one that was lost must be asked for again.
    /// </summary>
    private const int Reserve = 32;

    private readonly StreamLimits _limits;
    private readonly SentPackets _packets;
    private readonly AckTracker _acks;
    private readonly ControlQueue _control;
    private readonly StreamScheduler _scheduler;
    private readonly DatagramSender _datagrams;
    private readonly LossRecovery _recovery;
    private readonly ControlReserve _reserve = new();
    private MonoTime? _nextSend;

    public PacketWriter(
        StreamLimits limits,
        SentPackets packets,
        AckTracker acks,
        ControlQueue control,
        StreamScheduler scheduler,
        DatagramSender datagrams,
        LossRecovery recovery)
    {
        _limits = limits;
        _packets = packets;
        _acks = acks;
        _control = control;
        _scheduler = scheduler;
        _datagrams = datagrams;
        _recovery = recovery;
    }

    /// <summary>When the oldest packet that asks for an acknowledgement and was sent after the last one received left; null when none did.</summary>
    public MonoTime? OldestUnansweredSend { get; private set; }

    /// <summary>True when the packet written last is to leave marked ECT(0).</summary>
    public bool IsMarked { get; private set; }

    /// <summary>True when the packet written last holds nothing but an acknowledgement.</summary>
    public bool IsAckOnly { get; private set; }

    /// <summary>True when acknowledgements go another way than content: then each has a packet of its own.</summary>
    public bool AcksApart { get; set; }

    /// <summary>True while no byte of a stream and no datagram may go: packets hold limits, acknowledgements and signs of life only.</summary>
    public bool HoldsStreams { get; set; }

    /// <summary>The number that the next packet must be sealed with.</summary>
    public ulong NextNumber => _packets.Next;

    /// <summary>Packets written since the start.</summary>
    public long PacketsSent { get; private set; }

    /// <summary>When there will be something to write that has to wait now, or a loss to look for.</summary>
    public MonoTime? NextTimeout => !MayAcknowledge
        ? _recovery.NextTimeout
        : MonoTime.Earliest(_nextSend, MonoTime.Earliest(_acks.NextTimeout, _recovery.NextTimeout));

    /// <summary>True when so many packets are unsettled that no content is sent.</summary>
    private bool IsFull => _packets.Count >= _limits.PacketsInFlight || _recovery.IsTooFarAhead;

    /// <summary>False when not even acknowledgements are sent: only a peer that never acknowledges gets there.</summary>
    private bool MayAcknowledge => _packets.Count < _limits.PacketsInFlight + Reserve;

    /// <summary>False when not even probes are sent, whose places acknowledgements never take.</summary>
    private bool MayProbe => _packets.Count < _limits.PacketsInFlight + (2 * Reserve);

    /// <summary>The peer has given a sign of life.</summary>
    public void HandleReceived() => OldestUnansweredSend = null;

    /// <summary>What was held back may go at once: a session took the place of one that failed.</summary>
    public void HandleReopened(MonoTime now)
    {
        OldestUnansweredSend = null;
        _nextSend = now;
    }

    /// <summary>What was held back by the pacer of the path before may go at once.</summary>
    public void HandlePathChanged(MonoTime now) => _nextSend = now;

    /// <summary>Writes the frames of the next packet.</summary>
    /// <param name="destination">Room for frames, at least <see cref="StreamMux.LeastPacketBytes"/>.</param>
    /// <param name="now">Now.</param>
    /// <returns>Bytes written; 0 when nothing is to be sent at this time.</returns>
    public int Write(Span<byte> destination, MonoTime now)
    {
        if (_recovery.Active.ProbesDue == 1)
        {
            // The first probe of a timeout is as large as ever, the last one passes a path that swallows large ones.
            destination = destination[..Math.Min(destination.Length, MostSmallBytes)];
        }

        var mustAcknowledge = MayAcknowledge && _acks.IsDue(now);
        var content = AcksApart && mustAcknowledge ? PacketContent.None : ContentAllowed(destination.Length, now);
        if (content == PacketContent.None && !mustAcknowledge)
        {
            return 0;
        }

        _packets.Begin();
        var ackedBelow = 0ul;
        var ackBytes = AcksApart && content != PacketContent.None ? 0 : WriteAck(destination, now, out ackedBelow);
        var written = ackBytes + WriteContent(destination[ackBytes..], content, now);
        if (written == 0)
        {
            _packets.Cancel();
            return 0;
        }

        IsAckOnly = written == ackBytes;
        var bytes = written > ackBytes ? written + StreamMux.PacketOverheadBytes : 0;
        IsMarked = bytes > 0 && _recovery.Marks;
        _packets.Commit(now, bytes, ackedBelow, _recovery.Active.Index, isMarked: IsMarked);
        PacketsSent++;
        if (bytes == 0)
        {
            if (!AcksApart)
            {
                _recovery.Active.HandleSentBeside();
            }

            _packets.Trim();
            return written;
        }

        if (content == PacketContent.ControlBeyondWindow)
        {
            _reserve.HandleSent(bytes);
        }

        _recovery.HandleSent(bytes, now);
        OldestUnansweredSend ??= now;
        return written;
    }

    /// <summary>Writes a packet beside the streams: it asks for no acknowledgement, and its loss means nothing.</summary>
    /// <param name="frames">What it says.</param>
    /// <param name="destination">At least as large; the rest is padded.</param>
    /// <param name="now">Now.</param>
    /// <returns>Bytes written; 0 when it may not be sent at this time.</returns>
    public int WriteAside(ReadOnlySpan<byte> frames, Span<byte> destination, MonoTime now)
    {
        if (!MayProbe)
        {
            return 0;
        }

        frames.CopyTo(destination);
        destination[frames.Length..].Clear();
        _packets.Begin();
        IsMarked = false;
        _packets.Commit(now, bytes: 0, ackedBelow: 0, _recovery.Active.Index);
        _packets.Trim();
        PacketsSent++;
        return destination.Length;
    }

    /// <summary>Writes a packet that asks whether the path carries its size: PING and PADDING, sent beyond what is in flight.</summary>
    /// <param name="destination">Filled.</param>
    /// <param name="now">Now.</param>
    /// <returns>Bytes written; 0 when the whole window is smaller, or nothing may be sent.</returns>
    public int WriteSizeProbe(Span<byte> destination, MonoTime now)
    {
        var bytes = destination.Length + StreamMux.PacketOverheadBytes;
        if (IsFull || bytes > _recovery.Active.WindowBytes)
        {
            return 0;
        }

        destination[0] = (byte)FrameType.Ping;
        destination[1..].Clear();
        var number = _packets.Begin();
        IsMarked = false;
        _packets.Commit(now, bytes, ackedBelow: 0, _recovery.Active.Index, isSizeProbe: true);
        PacketsSent++;
        _recovery.Active.Sizes.HandleProbeSent(number);
        _recovery.HandleSent(bytes, now);
        OldestUnansweredSend ??= now;
        return destination.Length;
    }

    private int WriteAck(Span<byte> destination, MonoTime now, out ulong ackedBelow)
    {
        ackedBelow = 0;
        if (!_acks.HasUnacknowledged)
        {
            return 0;
        }

        var written = _acks.Write(destination[..(destination.Length / 2)], _packets.Next - 1, now, out var largest);
        ackedBelow = written > 0 ? largest + 1 : 0;
        return written;
    }

    private int WriteContent(Span<byte> destination, PacketContent content, MonoTime now)
    {
        if (content == PacketContent.None)
        {
            return 0;
        }

        if (content != PacketContent.All)
        {
            return _scheduler.WriteControl(destination[..Math.Min(destination.Length, MostSmallBytes)], _packets);
        }

        var written = _control.Write(destination, _packets, now);
        if (!HoldsStreams)
        {
            written += _scheduler.WriteControl(destination[written..], _packets);
            written += _datagrams.Write(destination[written..], now);
            written += _scheduler.Write(destination[written..], _packets);
        }

        if (written == 0 && _recovery.Active.ProbesDue > 0)
        {
            _control.QueuePing();
            written = _control.Write(destination, _packets, now);
        }

        return written;
    }

    /// <summary>Most bytes of frames in a packet that every path carries.</summary>
    private static int MostSmallBytes => ControlReserve.DatagramBytes - StreamMux.PacketOverheadBytes;

    /// <summary>What window, pacer and reserve let out at this time, of what there is to send.</summary>
    private PacketContent ContentAllowed(int room, MonoTime now)
    {
        _nextSend = null;
        if (_recovery.Active.ProbesDue > 0)
        {
            return MayProbe ? PacketContent.All : PacketContent.None;
        }

        if (IsFull)
        {
            return PacketContent.None;
        }

        var hasControl = !HoldsStreams && _scheduler.HasControl;
        if (_recovery.Active.WindowAllows(room + StreamMux.PacketOverheadBytes))
        {
            if (!hasControl && !_control.HasPending
                && (HoldsStreams || (!_scheduler.HasPending && !_datagrams.HasPending(now))))
            {
                _recovery.Active.HandleAppLimited();
                return PacketContent.None;
            }

            var nextSend = _recovery.Active.NextSend(now);
            if (nextSend <= now)
            {
                return PacketContent.All;
            }

            _nextSend = nextSend;
        }

        return hasControl ? ControlAllowed(now) : PacketContent.None;
    }

    private PacketContent ControlAllowed(MonoTime now)
    {
        if (_recovery.Active.WindowAllows(ControlReserve.DatagramBytes))
        {
            return PacketContent.Control;
        }

        var roundTrip = _recovery.Active.RoundTrip.SmoothedOrInitial;
        if (_reserve.Allows(roundTrip, now))
        {
            return PacketContent.ControlBeyondWindow;
        }

        _nextSend = MonoTime.Earliest(_nextSend, _reserve.NextRoom(roundTrip));
        return PacketContent.None;
    }
}
