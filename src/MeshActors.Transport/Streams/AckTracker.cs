using System;
using MeshActors.Transport.Time;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Streams;

/// <summary>Which packets arrived, and when to say so (RFC 9000, section 13.2).</summary>
/// <remarks>
/// An acknowledgement is due with as many packets that ask for one as <see cref="AckPace"/> says, at once when a packet came out of order or a gap
/// opened, else <see cref="MaxDelay"/> after the first that asks. It rides along whenever a packet is sent anyway.
/// </remarks>
internal sealed class AckTracker
{
    /// <summary>Longest time an acknowledgement is held back: well below usual round trips, yet two packets often share one.</summary>
    public static readonly TimeSpan MaxDelay = TimeSpan.FromMilliseconds(5);

    private readonly AckPace _pace;
    private readonly AckRanges _received;
    private MonoTime _largestAt;
    private MonoTime _deadline;
    private int _unacknowledged;
    private bool _atOnce;
    private ulong? _lateUntold;
    private ulong? _lateTold;
    private ulong _toldBy;
    private ulong _nextContent;

    /// <param name="maxRanges">Most ranges kept.</param>
    /// <param name="roundTrip">What this side knows of round trips.</param>
    public AckTracker(int maxRanges, RoundTripInUse roundTrip)
    {
        _pace = new AckPace(roundTrip);
        _received = new AckRanges(maxRanges);
    }

    /// <summary>True when packets that ask for an acknowledgement have none yet.</summary>
    public bool HasUnacknowledged => _unacknowledged > 0;

    /// <summary>When an acknowledgement must go out at the latest.</summary>
    public MonoTime? NextTimeout => _unacknowledged > 0 ? _deadline : null;

    /// <summary>How the packets that counted were marked.</summary>
    public EcnCounts Marks { get; private set; }

    /// <summary>The highest number that arrived plus one; 0 before the first.</summary>
    public ulong NextExpected => _received.Count == 0 ? 0 : _received.Largest + 1;

    /// <summary>Ranges that the next acknowledgement tells.</summary>
    public int Ranges => _received.Count;

    /// <summary>True when an acknowledgement must go out even if nothing else does.</summary>
    public bool IsDue(MonoTime now) =>
        _unacknowledged > 0 && (_atOnce || _unacknowledged >= _pace.Packets || now >= _deadline);

    /// <param name="number">Number of a packet whose frames counted.</param>
    /// <param name="eliciting">True when it asks for an acknowledgement.</param>
    /// <param name="ecn">As its datagram was marked.</param>
    /// <param name="now">When it arrived.</param>
    /// <returns>How new it was.</returns>
    public PacketFreshness HandlePacket(ulong number, bool eliciting, EcnMark ecn, MonoTime now)
    {
        var expected = NextExpected;
        if (!_received.Add(number))
        {
            return PacketFreshness.Late;
        }

        Marks = Marks.With(ecn);
        if (number >= expected)
        {
            _largestAt = now;
        }
        else
        {
            _lateUntold = Math.Min(_lateUntold ?? number, number);
        }

        if (!eliciting)
        {
            return number >= expected ? PacketFreshness.Newest : PacketFreshness.Late;
        }

        _pace.HandlePacket(now);
        if (_unacknowledged++ == 0)
        {
            _deadline = now + MaxDelay;
        }

        _atOnce |= number != expected;
        if (number < _nextContent)
        {
            return PacketFreshness.Late;
        }

        _nextContent = number + 1;
        return PacketFreshness.NewestContent;
    }

    /// <summary>Writes an ACK frame and begins to count anew.</summary>
    /// <param name="destination">Room for it.</param>
    /// <param name="carrier">Number of the packet that it goes with.</param>
    /// <param name="now">Now.</param>
    /// <param name="largest">The highest number that it tells of.</param>
    /// <returns>Bytes written; 0 when there is nothing to tell or no room.</returns>
    public int Write(Span<byte> destination, ulong carrier, MonoTime now, out ulong largest)
    {
        largest = 0;
        if (_received.Count == 0)
        {
            return 0;
        }

        var delay = (ulong)((now - _largestAt).Ticks / (TimeSpan.TicksPerMicrosecond * AckFrame.DelayUnitMicroseconds));
        var written = AckFrame.Write(destination, _received, delay, Marks);
        if (written > 0)
        {
            largest = _received.Largest;
            _unacknowledged = 0;
            _atOnce = false;
            HandleLateTold(carrier);
        }

        return written;
    }

    /// <summary>The peer has seen an ACK frame: what lies below its largest number need not be told again, but for what arrived after the frame was written.</summary>
    /// <param name="largest">The highest number that it told of.</param>
    /// <param name="carrier">Number of the packet that it went with.</param>
    public void HandleAckAcked(ulong largest, ulong carrier)
    {
        if (carrier >= _toldBy)
        {
            _lateTold = null;
        }

        var late = Math.Min(_lateUntold ?? ulong.MaxValue, _lateTold ?? ulong.MaxValue);
        _received.RemoveBelow(Math.Min(largest, late));
    }

    /// <summary>Packets that came late, as over a slower path, are kept until a frame that tells of them has been seen.</summary>
    private void HandleLateTold(ulong carrier)
    {
        if (_lateUntold is { } late)
        {
            _lateTold = Math.Min(_lateTold ?? late, late);
            _lateUntold = null;
            _toldBy = carrier;
        }
    }
}
