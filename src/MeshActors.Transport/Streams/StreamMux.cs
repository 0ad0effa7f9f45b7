using System;
using System.Buffers;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Time;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Streams;

/// <summary>All streams of one tunnel: frames of opened packets in, frames for the next packet out, events for the owner.</summary>
/// <remarks>
/// <para>The chapter's head. Messages go into a <see cref="MessageQueue"/> of their <see cref="SendStream"/>; the <see cref="StreamScheduler"/> picks
/// whose bytes go next; <see cref="SentPackets"/> remembers what each packet carried; <see cref="LossRecovery"/> says which
/// arrived and which did not, and how much may be in flight. At the other side a <see cref="ReceiveStream"/> puts bytes in order and the
/// <see cref="MessageAssembler"/> makes messages of them; <see cref="TunnelCredit"/> and <see cref="ReceiveBudget"/> bound what is held.</para>
/// <para>After every input the owner reads <see cref="PollEvent"/> and calls <see cref="WritePacket"/> until there is nothing more, then
/// arms one timer for <see cref="NextTimeout"/>. Nothing here knows keys, endpoints or sockets, and no input from the network throws.</para>
/// </remarks>
internal sealed class StreamMux
{
    /// <summary>What a datagram has around the frames, in bytes: header 13, tag 16 (docs/protocol.md, section 5).</summary>
    public const int PacketOverheadBytes = 29;

    /// <summary>Least room a packet has for frames, in bytes.</summary>
    public const int LeastPacketBytes = 256;

    private readonly StreamLimits _limits;
    private readonly StreamEvents _events = new();
    private readonly LaneLimit[] _lanes;
    private readonly WindowGrowth _growth;
    private readonly SentPackets _packets = new();
    private readonly AckTracker _acks;
    private readonly ControlQueue _control;
    private readonly StreamScheduler _scheduler = new();
    private readonly StreamTable _table;
    private readonly StreamSender _sender;
    private readonly StreamReceiver _receiver;
    private readonly StreamEnds _ends;
    private readonly FrameFates _fates;
    private readonly EarlyStreams _early = new();
    private readonly LossRecovery _recovery;
    private readonly FrameDispatcher _dispatcher;
    private readonly PacketWriter _writer;
    private readonly DatagramSender _datagrams = new();
    private readonly TunnelClosing _closing = new();
    private readonly PathInbox _pathInbox = new();

    /// <param name="limits">Bounds; checked here.</param>
    /// <param name="side">0 for the node with the lower root key, 1 for the other.</param>
    /// <param name="random">Chance, for congestion controllers that need it.</param>
    /// <param name="now">Now.</param>
    public StreamMux(StreamLimits limits, int side, IRandomSource random, MonoTime now)
    {
        limits.Validate();
        _limits = limits;
        var credit = new TunnelCredit(limits.TunnelWindowBytes);
        _lanes = [NewLane(StreamLane.Association), NewLane(StreamLane.Streams), NewLane(StreamLane.Control)];
        var roundTrip = new RoundTripInUse();
        _acks = new AckTracker(limits.AckRanges, roundTrip);
        _growth = new WindowGrowth(limits, roundTrip);
        _control = new ControlQueue(credit, _lanes, _growth);
        _table = new StreamTable(limits, side, _lanes, _control, _events, _growth);
        _sender = new StreamSender(limits, _scheduler, _control, _events);
        _receiver = new StreamReceiver(limits, _control, credit, _events);
        _ends = new StreamEnds(_table, _sender, _receiver, _events);
        _fates = new FrameFates(_sender, _receiver, _control, _acks, _ends);
        _recovery = new LossRecovery(_packets, _fates, limits.Congestion, random, roundTrip, now);
        _dispatcher = new FrameDispatcher(_table, _sender, _receiver, _ends, _scheduler, _recovery, _lanes, _pathInbox);
        _writer = new PacketWriter(limits, _packets, _acks, _control, _scheduler, _datagrams, _recovery);
        QueueFirstLimits(credit);
    }

    /// <summary>True when <see cref="Close"/> or <see cref="End"/> was called, or the peer closed.</summary>
    public bool IsClosed => _closing.IsClosed;

    /// <summary>When the oldest packet that asks for an acknowledgement and was sent after the last one received left; null when none did.</summary>
    public MonoTime? OldestUnansweredSend => _writer.OldestUnansweredSend;

    /// <summary>The highest packet number taken from the peer plus one: where the replay window of a further session begins.</summary>
    public ulong NextExpected => _acks.NextExpected;

    /// <summary>What the last packet taken said about paths.</summary>
    public PathInbox PathInbox => _pathInbox;

    /// <summary>What goes into packets.</summary>
    public PacketWriter Packets => _writer;

    /// <summary>The sending side of the paths that packets take.</summary>
    public LossRecovery Paths => _recovery;

    /// <summary>Round trips of the path in use.</summary>
    public RoundTripEstimator RoundTrip => _recovery.Active.RoundTrip;

    /// <summary>True when everything sent is acknowledged and nothing is queued to be sent.</summary>
    public bool IsIdle => _packets.Count == 0 && _sender.HeldBytes == 0 && !_control.HasPending && !_scheduler.HasPending
        && !_scheduler.HasControl && _datagrams.Count == 0;

    /// <summary>Bytes of the large-message budget that no message has; all of it when none is under way.</summary>
    public long LargeMessageBytesLeft => _receiver.BudgetLeft;

    /// <summary>Bytes by which windows may still grow; all of it when no stream is open.</summary>
    public long WindowGrowthLeft => _growth.Left;

    /// <summary>Figures of this moment.</summary>
    public StreamStatistics Statistics => new(
        _table.Count, _sender.HeldBytes, _receiver.HeldBytes, _recovery.BytesInFlight, _recovery.Active.WindowBytes, _writer.PacketsSent,
        _recovery.PacketsLost, _recovery.Active.RoundTrip.Smoothed, _scheduler.WaitingForCredit, _scheduler.TunnelWaitsForCredit,
        _datagrams.Sent, _receiver.DatagramsReceived, _datagrams.Dropped + _events.DatagramsDropped);

    /// <summary>When <see cref="HandleTimeout"/> must be called, and then <see cref="WritePacket"/>.</summary>
    /// <remarks>Means nothing while the owner cannot send, because it has no session: what is due stays due.</remarks>
    public MonoTime? NextTimeout => IsClosed ? null : _writer.NextTimeout;

    /// <summary>Takes the frames of a packet that was opened and is no replay.</summary>
    /// <param name="packetNumber">Its number, under whichever session of this state.</param>
    /// <param name="currentSession">False for a packet of the session before: all in it counts, but it is no sign that the peer hears the session in use.</param>
    /// <param name="ecn">As its datagram was marked.</param>
    /// <param name="frames">All of the packet but header and tag.</param>
    /// <param name="now">Now.</param>
    /// <returns>A violation is for the owner to close the tunnel for.</returns>
    public FrameOutcome HandlePacket(
        ulong packetNumber, bool currentSession, EcnMark ecn, ReadOnlySpan<byte> frames, MonoTime now)
    {
        if (currentSession)
        {
            _writer.HandleReceived();
        }

        if (IsClosed)
        {
            _closing.HandlePacket();
            return FrameOutcome.Closed;
        }

        _pathInbox.Clear();
        var outcome = _dispatcher.Handle(frames, now, out var eliciting, out var close);
        if (close is { } told)
        {
            _ends.EndAll(StreamEndReason.TunnelClosed, told.Code);
            _datagrams.Clear();
            _events.Add(StreamEvent.PeerClosed(told.Code, told.Reason));
            _closing.HandlePeerClose();
            return FrameOutcome.Taken;
        }

        if (outcome == FrameOutcome.Taken)
        {
            _pathInbox.Freshness = _acks.HandlePacket(packetNumber, eliciting, ecn, now);
        }

        return outcome;
    }

    /// <summary>Writes the frames of the next packet, which must be sealed and sent at once when any were written.</summary>
    /// <param name="destination">Room for frames, at least <see cref="LeastPacketBytes"/>.</param>
    /// <param name="packetNumber">The number that it must be sealed with; means nothing when nothing was written.</param>
    /// <param name="now">Now.</param>
    /// <returns>Bytes written; 0 when nothing is to be sent at this time.</returns>
    public int WritePacket(Span<byte> destination, out ulong packetNumber, MonoTime now)
    {
        packetNumber = _packets.Next;
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, LeastPacketBytes);
        return IsClosed ? _closing.Write(destination, _packets, now) : _writer.Write(destination, now);
    }

    public void HandleTimeout(MonoTime now)
    {
        if (!IsClosed)
        {
            _recovery.HandleTimeout(now);
        }
    }

    /// <summary>A session took the place of one that failed, or the path swallowed datagrams for their size: all that is unacknowledged is sent again, under new numbers.</summary>
    /// <remarks>A session that replaces a working one changes nothing here: packets under either are acknowledged alike.</remarks>
    public void HandleReopened(MonoTime now)
    {
        _recovery.HandleReopened();
        _writer.HandleReopened(now);
    }

    /// <summary>Opens a stream; the peer learns of it with its first frame.</summary>
    /// <returns>False when the peer's limit is reached (it rises as streams end, so try again after packets), or the tunnel is closed.</returns>
    /// <param name="lane">Its lane.</param>
    /// <param name="id">Its id.</param>
    /// <param name="early">Whether its first bytes may go ahead of the first session: whoever records them can have them delivered once more, so
    /// only what may happen twice; only in the lane of streams.</param>
    public bool TryOpen(StreamLane lane, out StreamId id, bool early = false)
    {
        id = default;
        if (IsClosed || !_table.TryOpen(lane, out var stream))
        {
            return false;
        }

        id = stream!.Id;
        if (early && lane == StreamLane.Streams)
        {
            _early.Add(stream);
        }

        return true;
    }

    /// <summary>Writes what may go ahead of the first session; what did before must be settled.</summary>
    /// <returns>Bytes written.</returns>
    public int WriteEarly(Span<byte> destination) => IsClosed ? 0 : _early.Write(destination, _scheduler);

    /// <inheritdoc cref="EarlyStreams.Settle"/>
    public void SettleEarly(bool taken, bool isLast) => _early.Settle(taken, isLast, _fates);

    /// <summary>Takes frames that came ahead of the first session; they were checked to be of streams.</summary>
    public FrameOutcome HandleEarly(ReadOnlySpan<byte> frames, MonoTime now)
    {
        var outcome = IsClosed ? FrameOutcome.Closed : _dispatcher.Handle(frames, now, out _, out _);
        _table.HandleEarly();
        return outcome;
    }

    /// <summary>Whether the first bytes of a stream came ahead of the first session; of one that is forgotten nobody knows, so they did.</summary>
    public bool CameEarly(StreamId id) => _table.Find(id) is not { CameEarly: false };

    /// <summary>Queues a message; its memory is read until it is acknowledged and must not change.</summary>
    /// <param name="id">The stream.</param>
    /// <param name="message">1 byte to 16 MiB.</param>
    public SendOutcome Send(StreamId id, ReadOnlyMemory<byte> message) => _sender.Send(_table.Find(id), message);

    /// <summary>Queues a datagram: it is sent once, before its deadline, or not at all.</summary>
    /// <param name="bytes">1 to <see cref="DatagramQueue.MaxDatagramBytes"/> bytes, which must not change.</param>
    /// <param name="deadline">It is not sent from then on.</param>
    public void SendDatagram(ReadOnlyMemory<byte> bytes, MonoTime deadline)
    {
        if (!IsClosed)
        {
            _datagrams.Add(bytes, deadline);
        }
    }

    /// <summary>Nothing more is sent on the stream after what is queued.</summary>
    public void Finish(StreamId id)
    {
        if (_table.Find(id) is { } stream)
        {
            _sender.Finish(stream);
        }
    }

    /// <summary>Ends both halves of a stream at once; the peer is told the code.</summary>
    /// <param name="id">The stream; one that has ended is left alone.</param>
    /// <param name="code">The application's, at most 2^62 - 1.</param>
    public void Reset(StreamId id, ulong code)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(code, VarInt.MaxValue);
        if (_table.Find(id) is { } stream)
        {
            _ends.ResetHere(stream, code);
        }
    }

    /// <summary>Gives the credit of a message back, once, when it was handled; after the stream's end it means nothing.</summary>
    public void Release(StreamId id, int messageBytes)
    {
        if (_table.Find(id) is { IsEnded: false } stream)
        {
            _receiver.Release(stream, messageBytes);
        }
    }

    /// <summary>Gives the credit of several messages back, each at most <see cref="StreamLimits.InitialStreamCredit"/> long with its prefix.</summary>
    /// <param name="id">The stream; after its end it means nothing.</param>
    /// <param name="bytes">The sum of their lengths, prefixes included.</param>
    public void ReleaseShort(StreamId id, long bytes)
    {
        if (_table.Find(id) is { IsEnded: false } stream)
        {
            _receiver.ReleaseShort(stream, bytes);
        }
    }

    /// <summary>A message waits for something that comes by another stream: until that is over it uses the stream's credit, and not the tunnel's.</summary>
    public void Hold(StreamId id, int messageBytes, bool isOver = false)
    {
        if (_table.Find(id) is { IsEnded: false } stream)
        {
            _receiver.Hold(stream, messageBytes, isOver);
        }
    }

    /// <summary>From now on the memory of the stream's messages comes from a pool, and the owner gives it back there.</summary>
    public void Recycle(StreamId id, ArrayPool<byte> pool) => _table.Find(id)?.Receive.Recycle(pool);

    /// <summary>Ends all streams and tells the peer in the next packet; repeated, less and less often, while the peer goes on sending.</summary>
    /// <param name="code">At most 2^62 - 1.</param>
    /// <param name="reason">For people; cut at 256 bytes.</param>
    public void Close(ulong code, string reason)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(code, VarInt.MaxValue);
        if (!IsClosed)
        {
            _ends.EndAll(StreamEndReason.TunnelClosed, code);
            _datagrams.Clear();
            _closing.Close(code, reason);
        }
    }

    /// <summary>Ends all streams in silence: the peer is gone, or has lost its state.</summary>
    public void End(StreamEndReason reason, ulong code)
    {
        if (!IsClosed)
        {
            _ends.EndAll(reason, code);
            _datagrams.Clear();
            _closing.HandlePeerClose();
        }
    }

    /// <summary>Asks the peer for a sign of life with the next packet.</summary>
    public void Ping() => _control.QueuePing();

    /// <summary>Lets go of memory that only traffic needs; to be called when there was none for a while.</summary>
    public void Trim()
    {
        _events.Trim();
        _packets.TrimMemory();
        _table.Trim();
    }

    public bool PollEvent(out StreamEvent streamEvent) => _events.TryTake(out streamEvent);

    private LaneLimit NewLane(StreamLane lane) => new(StreamLimits.InitialOpenStreams(lane), _limits.OpenStreams(lane));

    /// <summary>Limits that are larger than what the protocol grants from the start go out first.</summary>
    private void QueueFirstLimits(TunnelCredit credit)
    {
        if (credit.IsCreditDue)
        {
            _control.QueueTunnelCredit();
        }

        for (var lane = 0; lane < _lanes.Length; lane++)
        {
            if (_lanes[lane].IsLimitDue)
            {
                _control.QueueStreamLimit((StreamLane)lane);
            }
        }
    }
}
