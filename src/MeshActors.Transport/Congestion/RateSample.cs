using System;

namespace MeshActors.Transport.Congestion;

/// <summary>How fast the network delivered between two moments (draft-cheng-iccrg-delivery-rate-estimation-02, section 3).</summary>
/// <param name="BytesPerSecond">The rate; 0 when the interval was too short to say anything.</param>
/// <param name="DeliveredBytes">Bytes delivered in the interval.</param>
/// <param name="LostBytes">Bytes found lost in the interval.</param>
/// <param name="Interval">From the acknowledgement known when the packet was sent to its own, or the time it took to send these bytes if that was longer.</param>
/// <param name="PriorDelivered">Bytes delivered when the packet was sent: what tells rounds apart.</param>
/// <param name="TotalDelivered">Bytes delivered by now.</param>
/// <param name="InFlightAtSend">Bytes in flight just after the packet was sent.</param>
/// <param name="IsAppLimited">True when the sender had less to send than it might have sent: the path may be faster than the sample.</param>
internal readonly record struct RateSample(
    double BytesPerSecond,
    long DeliveredBytes,
    long LostBytes,
    TimeSpan Interval,
    long PriorDelivered,
    long TotalDelivered,
    long InFlightAtSend,
    bool IsAppLimited);
