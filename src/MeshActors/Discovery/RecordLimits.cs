using System;
using MeshActors.Transport.Identity;

namespace MeshActors.Discovery;

/// <summary>How large records, questions and answers may be, and how often they are renewed.</summary>
internal static class RecordLimits
{
    /// <summary>Capabilities of one node.</summary>
    public const int MaxCapabilities = 32;

    /// <summary>Endpoints of one record, the one the backbone sees included.</summary>
    public const int MaxEndpoints = PeerRecord.MaxEndpoints;

    /// <summary>Relays of one record.</summary>
    public const int MaxRelays = 8;

    /// <summary>Bytes of one record on the wire: 32 capabilities with schemas of 2,000 characters, and 64 such in an answer stay below 16 MiB.</summary>
    public const int MaxBytes = 128 * 1024;

    /// <summary>Bytes of one request: a record that is too long is told so, one that is far too long is not even read.</summary>
    public const int MaxRequestBytes = 2 * MaxBytes;

    /// <summary>Records in one answer: a caller picks among a few, and an answer stays below 16 MiB.</summary>
    public const int MaxMatches = 64;

    /// <summary>Names suggested for an unknown capability.</summary>
    public const int MaxSimilar = 3;

    /// <summary>Requests of one stream that are not answered yet.</summary>
    public const int MaxInFlight = 64;

    /// <summary>Shortest lease granted: three beats.</summary>
    public static readonly TimeSpan ShortestLease = TimeSpan.FromSeconds(90);

    /// <summary>Longest lease granted: an address whose holder is gone is free again after it.</summary>
    public static readonly TimeSpan LongestLease = TimeSpan.FromDays(7);

    /// <summary>How often a node says that it is there.</summary>
    public static readonly TimeSpan Beat = TimeSpan.FromSeconds(30);

    /// <summary>Without a beat for so long a record is in no answer.</summary>
    public static readonly TimeSpan ListedFor = TimeSpan.FromSeconds(90);

    /// <summary>As often as the backbone wants (0: it does not say), at least three times in a lease, 1 to 30 s.</summary>
    public static TimeSpan BeatFor(uint wantedSeconds, uint leaseSeconds)
    {
        var wanted = wantedSeconds == 0 ? Beat.TotalSeconds : wantedSeconds;
        return TimeSpan.FromSeconds(Math.Clamp(Math.Min(wanted, leaseSeconds / 3.0), 1, Beat.TotalSeconds));
    }
}
