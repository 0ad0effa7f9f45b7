using System;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Congestion;

/// <summary>A packet was sent.</summary>
/// <param name="Now">When.</param>
/// <param name="Bytes">Its bytes on the wire.</param>
/// <param name="BytesInFlight">With it.</param>
/// <param name="IsAppLimited">True while there is less to send than the window has room for.</param>
internal readonly record struct SentFact(MonoTime Now, int Bytes, long BytesInFlight, bool IsAppLimited);

/// <summary>What one ACK frame acknowledged.</summary>
/// <param name="Now">When it arrived.</param>
/// <param name="Bytes">Bytes of the packets it newly acknowledged, at least 1.</param>
/// <param name="PriorBytesInFlight">Before it.</param>
/// <param name="BytesInFlight">After it, and after the losses found with it.</param>
/// <param name="NewestNumber">Highest number among those packets.</param>
/// <param name="NewestSentAt">When that packet was sent.</param>
/// <param name="NextNumber">The number the next packet sent will have at least.</param>
/// <param name="RoundTrip">A round trip measured with it; null when it measured none.</param>
/// <param name="SmoothedRoundTrip">After the sample.</param>
/// <param name="Rate">How fast packets were delivered.</param>
internal readonly record struct AckedFact(
    MonoTime Now,
    long Bytes,
    long PriorBytesInFlight,
    long BytesInFlight,
    ulong NewestNumber,
    MonoTime NewestSentAt,
    ulong NextNumber,
    TimeSpan? RoundTrip,
    TimeSpan SmoothedRoundTrip,
    RateSample Rate);

/// <summary>Packets found lost at once.</summary>
/// <param name="Now">When that was found.</param>
/// <param name="Packets">How many, at least 1.</param>
/// <param name="Bytes">Their bytes on the wire.</param>
/// <param name="NewestSentAt">When the last of them was sent.</param>
/// <param name="NewestInFlight">Bytes in flight just after the last of them was sent.</param>
/// <param name="BytesInFlight">Without them.</param>
/// <param name="IsPersistent">True when nothing came through for so long that the path must be learned anew (RFC 9002, section 7.6).</param>
internal readonly record struct LostFact(
    MonoTime Now,
    int Packets,
    long Bytes,
    MonoTime NewestSentAt,
    long NewestInFlight,
    long BytesInFlight,
    bool IsPersistent);

/// <summary>Marks of congestion an acknowledgement told.</summary>
/// <param name="Now">When it arrived.</param>
/// <param name="Packets">Packets marked since the acknowledgement before, at least 1.</param>
/// <param name="NewestSentAt">When the newest packet acknowledged with them was sent.</param>
/// <param name="NewestInFlight">Bytes in flight just after that packet was sent.</param>
internal readonly record struct MarkedFact(MonoTime Now, long Packets, MonoTime NewestSentAt, long NewestInFlight);
