using System;
using MeshActors.Transport.Time;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Streams;

/// <summary>Finds lost packets and decides when packets may be sent (RFC 9002).</summary>
/// <remarks>
/// A packet is lost when one sent three later is acknowledged, or one sent 9/8 of a round trip later. When nothing is acknowledged for a
/// probe timeout, the oldest packets' content goes again in up to two probes, which ignore the window; the timeout doubles each time, up to
/// <see cref="MaxProbeTimeout"/>. A probe timeout alone never declares a packet lost.
/// </remarks>
internal sealed class LossRecovery
{
    /// <summary>Probe timeouts do not grow beyond this, unless the round trip itself asks for more.</summary>
    public static readonly TimeSpan MaxProbeTimeout = TimeSpan.FromSeconds(2);

    private const int PacketThreshold = 3;
    private const int ProbesPerTimeout = 2;
    private const int PersistentTimeouts = 3;

    private readonly SentPackets _packets;
    private readonly FrameFates _fates;
    private readonly ICongestionController _congestion;
    private readonly Pacer _pacer;
    private ulong? _largestAcked;
    private MonoTime _probeTimerStart;
    private MonoTime? _lossTime;
    private int _probeTimeouts;
    private int _packetsInFlight;

    public LossRecovery(SentPackets packets, FrameFates fates, ICongestionController congestion, MonoTime now)
    {
        _packets = packets;
        _fates = fates;
        _congestion = congestion;
        _pacer = new Pacer(now);
    }

    public RoundTripEstimator RoundTrip { get; } = new();

    public long BytesInFlight { get; private set; }

    public long WindowBytes => _congestion.WindowBytes;

    /// <summary>Packets declared lost since the start.</summary>
    public long PacketsLost { get; private set; }

    /// <summary>Probes that may be sent now, whatever the window says.</summary>
    public int ProbesDue { get; private set; }

    /// <summary>When <see cref="HandleTimeout"/> must be called.</summary>
    public MonoTime? NextTimeout =>
        _packetsInFlight == 0 ? null : _lossTime ?? (_probeTimerStart + ProbeDelay());

    /// <summary>True when the window has room for a packet of some size; one packet always has.</summary>
    public bool WindowAllows(int bytes) => BytesInFlight == 0 || BytesInFlight + bytes <= _congestion.WindowBytes;

    /// <summary>When the pacer lets the next packet out.</summary>
    public MonoTime NextSend(MonoTime now) => _pacer.NextSend(_congestion.WindowBytes, RoundTrip.SmoothedOrInitial, now);

    /// <summary>A packet that asks for an acknowledgement was sent.</summary>
    public void HandleSent(int bytes, MonoTime now)
    {
        _packetsInFlight++;
        BytesInFlight += bytes;
        _probeTimerStart = now;
        _pacer.HandleSent(bytes);
        ProbesDue = Math.Max(0, ProbesDue - 1);
    }

    /// <summary>Takes an ACK frame.</summary>
    /// <returns>False when it names a packet that was never sent.</returns>
    public bool HandleAck(in AckFrame ack, MonoTime now)
    {
        if (ack.Largest >= _packets.Next)
        {
            return false;
        }

        var newlyAcked = false;
        var bytesInFlight = BytesInFlight;
        foreach (var range in ack)
        {
            if (range.Largest < _packets.Oldest)
            {
                break;
            }

            for (var number = Math.Max(range.Smallest, _packets.Oldest); number <= range.Largest; number++)
            {
                newlyAcked |= Acknowledge(number, ack, bytesInFlight, now);
            }
        }

        _largestAcked = Math.Max(_largestAcked ?? 0, ack.Largest);
        if (newlyAcked)
        {
            _probeTimeouts = 0;
            ProbesDue = 0;
            FindLost(now);
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

        _probeTimeouts++;
        _probeTimerStart = now;
        ProbesDue = ProbesPerTimeout;
        RepeatOldest();
    }

    /// <summary>Takes everything in flight for lost, without blaming the path: the session that carried it failed.</summary>
    public void HandleReopened()
    {
        for (var number = _packets.Oldest; number < _packets.Next; number++)
        {
            if (_packets[number].State == SentPacketState.InFlight)
            {
                Lose(ref _packets[number]);
            }
        }

        _packets.Trim();
        _lossTime = null;
        _probeTimeouts = 0;
        ProbesDue = 0;
    }

    private bool Acknowledge(ulong number, in AckFrame ack, long bytesInFlight, MonoTime now)
    {
        ref var packet = ref _packets[number];
        var wasInFlight = packet.State == SentPacketState.InFlight;
        if (!wasInFlight && packet.State != SentPacketState.AckOnly)
        {
            return false;
        }

        packet.State = SentPacketState.Acked;
        if (packet.AckedBelow > 0)
        {
            _fates.HandleAckAcked(packet.AckedBelow - 1);
        }

        if (!wasInFlight)
        {
            return false;
        }

        if (number == ack.Largest)
        {
            var units = Math.Min(ack.DelayUnits, 1_000_000);
            RoundTrip.HandleSample(
                now - packet.SentAt, TimeSpan.FromMicroseconds(units * AckFrame.DelayUnitMicroseconds));
        }

        _congestion.HandleAcked(packet.Bytes, packet.SentAt, bytesInFlight);
        BytesInFlight -= packet.Bytes;
        _packetsInFlight--;
        for (var i = 0; i < packet.Frames; i++)
        {
            _fates.HandleAcked(_packets.FrameAt(packet.FirstFrame + i));
        }

        return true;
    }

    private void FindLost(MonoTime now)
    {
        _lossTime = null;
        if (_largestAcked is not { } largestAcked)
        {
            return;
        }

        var roundTrip = RoundTrip.Latest > RoundTrip.SmoothedOrInitial ? RoundTrip.Latest : RoundTrip.SmoothedOrInitial;
        var wait = new TimeSpan(Math.Max(roundTrip.Ticks * 9 / 8, RoundTripEstimator.Granularity.Ticks));
        MonoTime? firstOfRun = null;
        MonoTime? lastLost = null;
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

            if (number + PacketThreshold > largestAcked && packet.SentAt + wait > now)
            {
                _lossTime = MonoTime.Earliest(_lossTime, packet.SentAt + wait);
                continue;
            }

            firstOfRun ??= packet.SentAt;
            lastLost = packet.SentAt;
            persistent |= packet.SentAt - firstOfRun.Value > RoundTrip.ProbeTimeout * PersistentTimeouts;
            Lose(ref packet);
            PacketsLost++;
        }

        if (lastLost is { } sentAt)
        {
            _congestion.HandleLost(sentAt, now, persistent && RoundTrip.Smoothed is not null);
        }
    }

    private void Lose(ref SentPacket packet)
    {
        packet.State = SentPacketState.Lost;
        BytesInFlight -= packet.Bytes;
        _packetsInFlight--;
        for (var i = 0; i < packet.Frames; i++)
        {
            _fates.HandleLost(_packets.FrameAt(packet.FirstFrame + i));
        }
    }

    /// <summary>Has the content of the oldest packets sent again, for the probes to carry.</summary>
    private void RepeatOldest()
    {
        var repeated = 0;
        for (var number = _packets.Oldest; number < _packets.Next && repeated < ProbesPerTimeout; number++)
        {
            ref var packet = ref _packets[number];
            if (packet.State != SentPacketState.InFlight)
            {
                continue;
            }

            repeated++;
            for (var i = 0; i < packet.Frames; i++)
            {
                _fates.HandleLost(_packets.FrameAt(packet.FirstFrame + i));
            }
        }
    }

    private TimeSpan ProbeDelay()
    {
        var once = RoundTrip.ProbeTimeout;
        var backedOff = once * (1 << Math.Min(_probeTimeouts, 12));
        var most = once > MaxProbeTimeout ? once : MaxProbeTimeout;
        return backedOff < most ? backedOff : most;
    }
}
