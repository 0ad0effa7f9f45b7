using System;
using MeshActors.Transport.Congestion;
using MeshActors.Transport.Time;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Streams;

/// <summary>Finds lost packets and decides when packets may be sent (RFC 9002).</summary>
/// <remarks>
/// A packet is lost when one sent some packets later, or some part of a round trip later, is acknowledged (<see cref="ReorderingTolerance"/>).
/// When nothing is acknowledged for a probe timeout, the oldest packets' content goes again in up to two probes, which ignore the window.
/// A probe timeout alone never declares a packet lost. What happened is told to the congestion controller once for each acknowledgement.
/// </remarks>
internal sealed class LossRecovery
{
    private const int PersistentTimeouts = 3;

    private readonly SentPackets _packets;
    private readonly FrameFates _fates;
    private readonly ICongestionController _congestion;
    private readonly Pacer _pacer;
    private readonly ProbeTimer _probes;
    private readonly DeliveryRate _rate = new();
    private readonly ReorderingTolerance _tolerance = new();
    private readonly SpuriousLosses _spurious = new();
    private ulong? _largestAcked;
    private MonoTime? _lossTime;
    private int _packetsInFlight;

    public LossRecovery(
        SentPackets packets,
        FrameFates fates,
        ICongestionController congestion,
        RoundTripEstimator roundTrip,
        MonoTime now)
    {
        RoundTrip = roundTrip;
        _packets = packets;
        _fates = fates;
        _congestion = congestion;
        _pacer = new Pacer(now);
        _probes = new ProbeTimer(RoundTrip);
    }

    public RoundTripEstimator RoundTrip { get; }

    /// <summary>What is known about the size of datagrams.</summary>
    public SizeEvidence Sizes { get; } = new();

    /// <summary>Whether the path carries marks of congestion.</summary>
    public EcnValidation Ecn { get; } = new();

    public long BytesInFlight { get; private set; }

    public long WindowBytes => _congestion.WindowBytes;

    /// <summary>Packets declared lost since the start.</summary>
    public long PacketsLost { get; private set; }

    /// <summary>Packets declared lost that arrived after all, since the start.</summary>
    public long PacketsLostInError => _spurious.Arrived;

    /// <summary>Probes that may be sent now, whatever the window says.</summary>
    public int ProbesDue => _probes.ProbesDue;

    /// <summary>When <see cref="HandleTimeout"/> must be called.</summary>
    public MonoTime? NextTimeout => _packetsInFlight == 0 ? null : _lossTime ?? _probes.Due;

    /// <summary>True when the window has room for a packet of some size; one packet always has.</summary>
    public bool WindowAllows(int bytes) => BytesInFlight == 0 || BytesInFlight + bytes <= _congestion.WindowBytes;

    /// <summary>When the pacer lets the next packet out.</summary>
    public MonoTime NextSend(MonoTime now) => _pacer.NextSend(_congestion.PacingRate, now);

    /// <summary>The size of full datagrams is another from here on.</summary>
    public void HandleDatagramSize(int bytes) => _congestion.HandleDatagramSize(bytes);

    /// <summary>There is nothing to send, though the window has room: what is measured until then says nothing about the path.</summary>
    public void HandleAppLimited() => _rate.HandleAppLimited(BytesInFlight);

    /// <summary>The newest packet was sent; it asks for an acknowledgement.</summary>
    public void HandleSent(int bytes, MonoTime now)
    {
        Ecn.HandleSent(_packets[_packets.Next - 1].IsMarked);
        _rate.HandleSent(ref _packets.SnapshotAt(_packets.Next - 1), BytesInFlight, bytes, now);
        _packetsInFlight++;
        BytesInFlight += bytes;
        _probes.HandleSent(now);
        _pacer.HandleSent(bytes);
        _congestion.HandleSent(new SentFact(now, bytes, BytesInFlight, _rate.IsAppLimited));
    }

    /// <summary>Takes an ACK frame.</summary>
    /// <returns>False when it names a packet that was never sent.</returns>
    public bool HandleAck(in AckFrame ack, MonoTime now)
    {
        if (ack.Largest >= _packets.Next)
        {
            return false;
        }

        var priorInFlight = BytesInFlight;
        HandleLateArrivals(ack, now);
        var newest = AcknowledgeAll(ack);
        var marked = Ecn.HandleAck(ack, _largestAcked is not { } largest || ack.Largest > largest);
        _largestAcked = Math.Max(_largestAcked ?? 0, ack.Largest);
        if (newest is { } number)
        {
            HandleNewlyAcked(number, ack, priorInFlight, marked, now);
        }

        _packets.Trim();
        return true;
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
            _packets.Trim();
            return;
        }

        _probes.HandleTimeout(now);
        Ecn.HandleProbeTimeout();
        RepeatOldest();
    }

    /// <summary>Takes everything in flight for lost, without blaming the path: the session that carried it failed.</summary>
    public void HandleReopened()
    {
        for (var number = _packets.Oldest; number < _packets.Next; number++)
        {
            if (_packets[number].State == SentPacketState.InFlight)
            {
                Lose(number);
            }
        }

        _packets.Trim();
        _spurious.Clear();
        Sizes.Clear();
        _lossTime = null;
        _probes.Reset();
    }

    private void HandleLateArrivals(in AckFrame ack, MonoTime now)
    {
        if (!_spurious.HasAny)
        {
            return;
        }

        var wasNone = _spurious.HandleAck(ack, now, RoundTrip.ProbeTimeout, out var behind);
        if (behind > 0)
        {
            _tolerance.HandleSpuriousLoss(behind);
        }

        if (wasNone)
        {
            _congestion.HandleSpuriousLoss();
        }
    }

    /// <summary>Settles what the frame names.</summary>
    /// <returns>The highest number that was in flight until then, null when none was.</returns>
    private ulong? AcknowledgeAll(in AckFrame ack)
    {
        ulong? newest = null;
        foreach (var range in ack)
        {
            if (range.Largest < _packets.Oldest)
            {
                break;
            }

            for (var number = Math.Max(range.Smallest, _packets.Oldest); number <= range.Largest; number++)
            {
                if (Acknowledge(number))
                {
                    newest = Math.Max(newest ?? 0, number);
                }
            }
        }

        return newest;
    }

    private void HandleNewlyAcked(ulong newest, in AckFrame ack, long priorInFlight, long marked, MonoTime now)
    {
        var bytes = priorInFlight - BytesInFlight;
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
            priorInFlight,
            BytesInFlight,
            newest,
            sentAt,
            _packets.Next,
            sample,
            RoundTrip.SmoothedOrInitial,
            rate));
    }

    private bool Acknowledge(ulong number)
    {
        ref var packet = ref _packets[number];
        var wasInFlight = packet.State == SentPacketState.InFlight;
        if (!wasInFlight && packet.State != SentPacketState.AckOnly)
        {
            return false;
        }

        packet.State = SentPacketState.Acked;
        _fates.HandleAcked(_packets, packet);
        if (!wasInFlight)
        {
            return false;
        }

        Ecn.HandlePacketAcked(packet.IsMarked);
        Sizes.HandleAcked(number, packet);
        BytesInFlight -= packet.Bytes;
        _packetsInFlight--;
        return true;
    }

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
            if (packet.State == SentPacketState.Acked)
            {
                firstOfRun = null;
            }

            if (packet.State != SentPacketState.InFlight)
            {
                continue;
            }

            if (number + _tolerance.Packets > largestAcked && packet.SentAt + wait > now)
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

            _spurious.Add(number, packet.SentAt, now);
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
        _fates.HandleLost(_packets, packet);
        Ecn.HandlePacketLost(packet.IsMarked);
    }

    /// <summary>Has the content of the oldest packets sent again, for the probes to carry.</summary>
    private void RepeatOldest()
    {
        var repeated = 0;
        for (var number = _packets.Oldest; number < _packets.Next && repeated < ProbeTimer.Probes; number++)
        {
            ref var packet = ref _packets[number];
            if (packet.State != SentPacketState.InFlight)
            {
                continue;
            }

            repeated++;
            _fates.HandleLost(_packets, packet);
        }
    }
}
