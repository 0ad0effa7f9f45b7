using System;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Congestion;

/// <summary>Measures how fast the network delivers (draft-cheng-iccrg-delivery-rate-estimation-02, section 3).</summary>
/// <remarks>
/// A sample runs from what was delivered when a packet left to what is delivered when it is acknowledged. Of all packets of one
/// acknowledgement the newest makes the sample, so the cost for every other packet is the snapshot taken when it was sent.
/// </remarks>
internal sealed class DeliveryRate
{
    private MonoTime _deliveredAt;
    private MonoTime _firstSentAt;
    private long _appLimitedUntil;

    /// <summary>Bytes delivered since the start.</summary>
    public long Delivered { get; private set; }

    /// <summary>Bytes found lost since the start.</summary>
    public long Lost { get; private set; }

    /// <summary>True until what was in flight when there was nothing more to send has been delivered.</summary>
    public bool IsAppLimited => _appLimitedUntil > 0;

    /// <summary>Notes what is known when a packet leaves.</summary>
    /// <param name="snapshot">Where.</param>
    /// <param name="priorInFlight">Bytes in flight before it.</param>
    /// <param name="bytes">Its bytes.</param>
    /// <param name="now">Now.</param>
    public void HandleSent(ref SendSnapshot snapshot, long priorInFlight, int bytes, MonoTime now)
    {
        if (priorInFlight == 0)
        {
            _firstSentAt = now;
            _deliveredAt = now;
        }

        snapshot.Delivered = Delivered;
        snapshot.Lost = Lost;
        snapshot.DeliveredAt = _deliveredAt;
        snapshot.FirstSentAt = _firstSentAt;
        snapshot.InFlight = (int)Math.Min(priorInFlight + bytes, int.MaxValue);
        snapshot.IsAppLimited = IsAppLimited;
    }

    /// <summary>There is nothing to send, though there is room in the window.</summary>
    public void HandleAppLimited(long bytesInFlight) => _appLimitedUntil = Math.Max(1, Delivered + bytesInFlight);

    public void HandleLost(long bytes) => Lost += bytes;

    /// <summary>Makes the sample of an acknowledgement.</summary>
    /// <param name="bytes">Bytes it newly acknowledged.</param>
    /// <param name="newest">The snapshot of the newest packet among them.</param>
    /// <param name="newestSentAt">When that packet left.</param>
    /// <param name="minRoundTrip">The shortest round trip known: a shorter interval says nothing.</param>
    /// <param name="now">Now.</param>
    public RateSample HandleAcked(
        long bytes, in SendSnapshot newest, MonoTime newestSentAt, TimeSpan minRoundTrip, MonoTime now)
    {
        Delivered += bytes;
        _deliveredAt = now;
        _firstSentAt = newestSentAt;
        if (_appLimitedUntil > 0 && Delivered > _appLimitedUntil)
        {
            _appLimitedUntil = 0;
        }

        var sending = newestSentAt - newest.FirstSentAt;
        var acknowledging = now - newest.DeliveredAt;
        var interval = sending > acknowledging ? sending : acknowledging;
        var delivered = Delivered - newest.Delivered;
        var isMeasured = interval >= minRoundTrip && interval > TimeSpan.Zero;
        return new RateSample(
            isMeasured ? delivered * (double)TimeSpan.TicksPerSecond / interval.Ticks : 0,
            delivered,
            Lost - newest.Lost,
            interval,
            newest.Delivered,
            Delivered,
            newest.InFlight,
            newest.IsAppLimited);
    }
}
