using System;
using MeshActors.Transport.Congestion;
using MeshActors.Transport.Time;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Streams;

/// <summary>Finds the lost ones among the packets sent on one path, and decides when it may carry more (RFC 9002).</summary>
/// <remarks>
/// All paths of a tunnel number their packets in common, so this one looks at its own alone: a packet is lost when one sent some packets later on the
/// same path, or some part of a round trip later, is acknowledged (<see cref="ReorderingTolerance"/>).
/// When nothing is acknowledged for a probe timeout, the oldest packets' content goes again in up to two probes, which ignore the window.
/// A probe timeout alone never declares a packet lost. What happened is told to the congestion controller once for each acknowledgement.
/// </remarks>
internal sealed class PathRecovery
{
    private const int PersistentTimeouts = 3;

    private readonly SentPackets _packets;
    private readonly FrameFates _fates;
    private readonly EcnValidation _ecn;
    private readonly ICongestionController _congestion;
    private readonly Pacer _pacer;
    private readonly ProbeTimer _probes;
    private readonly DeliveryRate _rate = new();
    private readonly ReorderingTolerance _tolerance = new();
    private readonly SpuriousLosses _spurious = new();
    private ulong? _largestAcked;
    private MonoTime? _lossTime;
    private ulong? _newestAcked;
    private long _priorInFlight;
    private int _packetsInFlight;

    /// <param name="index">Number of the path, which its packets carry.</param>
    /// <param name="packets">Those of all paths.</param>
    /// <param name="fates">Told what became of what the packets carried.</param>
    /// <param name="ecn">That of all paths.</param>
    /// <param name="congestion">The path's own.</param>
    /// <param name="now">The present.</param>
    public PathRecovery(
        byte index,
        SentPackets packets,
        FrameFates fates,
        EcnValidation ecn,
        ICongestionController congestion,
        MonoTime now)
    {
        Index = index;
        _packets = packets;
        _fates = fates;
        _ecn = ecn;
        _congestion = congestion;
        _pacer = new Pacer(now);
        _probes = new ProbeTimer(RoundTrip);
    }

    /// <summary>Number of the path.</summary>
    public byte Index { get; }

    public RoundTripEstimator RoundTrip { get; } = new();

    /// <summary>What is known about the size of datagrams.</summary>
    public SizeEvidence Sizes { get; } = new();

    /// <summary>Since when packets of this path wait and nothing was acknowledged; null when none wait.</summary>
    public MonoTime? UnansweredSince { get; private set; }

    /// <summary>When packets of this path were last acknowledged; long ago before the first time.</summary>
    public MonoTime AnsweredAt { get; private set; } = new(long.MinValue / 2);

    public long BytesInFlight { get; private set; }

    public long WindowBytes => _congestion.WindowBytes;

    /// <summary>Packets declared lost since the start.</summary>
    public long PacketsLost { get; private set; }

    /// <summary>Packets declared lost that arrived after all, since the start.</summary>
    public long PacketsLostInError => _spurious.Arrived;

    /// <summary>Probe timeouts since the start.</summary>
    public long Timeouts { get; private set; }

    /// <summary>Probes that may be sent now, whatever the window says.</summary>
    public int ProbesDue => _probes.ProbesDue;

    /// <summary>When <see cref="HandleTimeout"/> must be called.</summary>
    public MonoTime? NextTimeout => _packetsInFlight == 0 ? null : _lossTime ?? _probes.Due;

    /// <summary>Another path is in use: the peer acknowledges there, so this one's timer waits that one's round trip longer. Zero while this one is in use.</summary>
    public TimeSpan Detour { set => _probes.Detour = value; }

    /// <summary>True when the window has room for a packet of some size; one packet always has.</summary>
    public bool WindowAllows(int bytes) => BytesInFlight == 0 || BytesInFlight + bytes <= _congestion.WindowBytes;

    /// <summary>When the pacer lets the next packet out.</summary>
    public MonoTime NextSend(MonoTime now) => _pacer.NextSend(_congestion.PacingRate, now);

    /// <summary>The size of full datagrams is another from here on.</summary>
    public void HandleDatagramSize(int bytes) => _congestion.HandleDatagramSize(bytes);

    /// <summary>There is nothing to send, though the window has room: what is measured until then says nothing about the path.</summary>
    public void HandleAppLimited() => _rate.HandleAppLimited(BytesInFlight);

    /// <summary>A packet was sent on this path that asks for no acknowledgement.</summary>
    public void HandleSentBeside() => _tolerance.Count();

    /// <summary>The newest packet was sent; it asks for an acknowledgement.</summary>
    public void HandleSent(int bytes, MonoTime now)
    {
        UnansweredSince ??= now;
        _packets[_packets.Next - 1].Order = _tolerance.Count();
        _rate.HandleSent(ref _packets.SnapshotAt(_packets.Next - 1), BytesInFlight, bytes, now);
        _packetsInFlight++;
        BytesInFlight += bytes;
        _probes.HandleSent(now);
        _pacer.HandleSent(bytes);
        _congestion.HandleSent(new SentFact(now, bytes, BytesInFlight, _rate.IsAppLimited));
    }

    /// <summary>An ACK frame came, whose ranges are settled next.</summary>
    public void BeginAck()
    {
        _priorInFlight = BytesInFlight;
        _newestAcked = null;
    }

    /// <summary>A packet of this path is named by the frame; it was not settled before.</summary>
    public void HandleAcked(ulong number, ref SentPacket packet)
    {
        var wasInFlight = packet.State == SentPacketState.InFlight;
        packet.State = SentPacketState.Acked;
        _fates.HandleAcked(_packets, number, packet);
        if (!wasInFlight)
        {
            return;
        }

        _tolerance.HandleAcked(packet.Order);
        _ecn.HandlePacketAcked(number, packet.IsMarked);
        Sizes.HandleAcked(number, packet);
        BytesInFlight -= packet.Bytes;
        _packetsInFlight--;
        _newestAcked = Math.Max(_newestAcked ?? 0, number);
    }

    /// <summary>All that the frame names has been settled.</summary>
    public void EndAck(in AckFrame ack, long marked, MonoTime now)
    {
        HandleLateArrivals(ack, now);
        if (_newestAcked is not { } newest)
        {
            return;
        }

        _largestAcked = Math.Max(_largestAcked ?? 0, newest);
        UnansweredSince = _packetsInFlight > 0 ? now : null;
        AnsweredAt = now;
        HandleNewlyAcked(newest, ack, marked, now);
    }

    public void HandleTimeout(MonoTime now)
    {
        if (NextTimeout is not { } due || now < due)
        {
            return;
        }

        if (_lossTime is not null)
        {
            FindLost(now);
            return;
        }

        Timeouts++;
        _probes.HandleTimeout(now);
        _ecn.HandleProbeTimeout();
        Repeat(ProbeTimer.Probes);
    }

    /// <summary>Takes everything in flight for lost, without blaming the path: the session that carried it failed, or nothing more is expected of the path.</summary>
    public void GiveUp()
    {
        for (var number = _packets.Oldest; number < _packets.Next; number++)
        {
            if (IsInFlight(number))
            {
                Lose(number);
            }
        }

        _spurious.Clear();
        Sizes.Clear();
        _lossTime = null;
        UnansweredSince = null;
        _probes.Reset();
    }

    /// <summary>Has the content of the oldest packets in flight sent again, without taking them for lost.</summary>
    public void Repeat(int packets)
    {
        var repeated = 0;
        for (var number = _packets.Oldest; number < _packets.Next && repeated < packets; number++)
        {
            if (IsInFlight(number))
            {
                repeated++;
                _fates.HandleLost(_packets, _packets[number]);
            }
        }
    }

    private void HandleLateArrivals(in AckFrame ack, MonoTime now)
    {
        if (!_spurious.HasAny)
        {
            return;
        }

        var wasNone = _spurious.HandleAck(ack, _tolerance.LargestAcked, now, RoundTrip.ProbeTimeout, out var behind);
        if (behind > 0)
        {
            _tolerance.HandleSpuriousLoss(behind);
        }

        if (wasNone)
        {
            _congestion.HandleSpuriousLoss();
        }
    }

    private void HandleNewlyAcked(ulong newest, in AckFrame ack, long marked, MonoTime now)
    {
        var bytes = _priorInFlight - BytesInFlight;
        var sentAt = _packets[newest].SentAt;
        TimeSpan? sample = null;
        if (newest == ack.Largest)
        {
            var units = Math.Min(ack.DelayUnits, 1_000_000);
            RoundTrip.HandleSample(now - sentAt, TimeSpan.FromMicroseconds(units * AckFrame.DelayUnitMicroseconds));
            sample = RoundTrip.Latest;
        }

        var rate = _rate.HandleAcked(bytes, _packets.SnapshotAt(newest), sentAt, RoundTrip.Min, now);
        _probes.Reset();
        FindLost(now);
        if (marked > 0)
        {
            _congestion.HandleMarked(new MarkedFact(now, marked, sentAt, _packets.SnapshotAt(newest).InFlight));
        }

        _congestion.HandleAcked(new AckedFact(
            now,
            bytes,
            _priorInFlight,
            BytesInFlight,
            newest,
            sentAt,
            _packets.Next,
            sample,
            RoundTrip.SmoothedOrInitial,
            rate));
    }

    private bool IsInFlight(ulong number) =>
        _packets[number].State == SentPacketState.InFlight && _packets[number].Path == Index;

    private void FindLost(MonoTime now)
    {
        _lossTime = null;
        Sizes.HandleSearch();
        if (_largestAcked is not { } largestAcked)
        {
            return;
        }

        var roundTrip = RoundTrip.Latest > RoundTrip.SmoothedOrInitial ? RoundTrip.Latest : RoundTrip.SmoothedOrInitial;
        var wait = _tolerance.Wait(roundTrip);
        MonoTime? firstOfRun = null;
        var blamed = 0;
        var blamedBytes = 0L;
        var newest = 0ul;
        var persistent = false;
        for (var number = _packets.Oldest; number < largestAcked; number++)
        {
            ref var packet = ref _packets[number];
            if (packet.Path != Index)
            {
                continue;
            }

            if (packet.State == SentPacketState.Acked)
            {
                firstOfRun = null;
            }

            if (packet.State != SentPacketState.InFlight)
            {
                continue;
            }

            if (!_tolerance.IsOvertaken(packet.Order) && packet.SentAt + wait > now)
            {
                _lossTime = MonoTime.Earliest(_lossTime, packet.SentAt + wait);
                Sizes.HandleUndecided(packet);
                continue;
            }

            Lose(number);
            PacketsLost++;
            if (packet.IsSizeProbe)
            {
                continue;
            }

            _spurious.Add(number, packet.Order, packet.SentAt, now);
            firstOfRun ??= packet.SentAt;
            persistent |= packet.SentAt - firstOfRun.Value > RoundTrip.ProbeTimeout * PersistentTimeouts;
            blamed++;
            blamedBytes += packet.Bytes;
            newest = number;
        }

        if (blamed > 0)
        {
            Blame(blamed, blamedBytes, newest, persistent && RoundTrip.Smoothed is not null, now);
        }
    }

    private void Blame(int packets, long bytes, ulong newest, bool persistent, MonoTime now)
    {
        _rate.HandleLost(bytes);
        var inFlight = _packets.SnapshotAt(newest).InFlight;
        _congestion.HandleLost(
            new LostFact(now, packets, bytes, _packets[newest].SentAt, inFlight, BytesInFlight, persistent));
    }

    private void Lose(ulong number)
    {
        ref var packet = ref _packets[number];
        Sizes.HandleLost(number, packet);
        packet.State = SentPacketState.Lost;
        BytesInFlight -= packet.Bytes;
        _packetsInFlight--;
        UnansweredSince = _packetsInFlight > 0 ? UnansweredSince : null;
        _fates.HandleLost(_packets, packet);
        _ecn.HandlePacketLost(number, packet.IsMarked);
    }
}
