using System;

namespace MeshActors.Transport.Handshake;

/// <summary>Gives each of a node's handshake attempts a later timestamp than the one before, whatever the clock does.</summary>
/// <remarks>Only after a clock that was far ahead was set back does it go back too: what it gave before, nobody has accepted.</remarks>
internal sealed class AttemptTimestamps
{
    /// <summary>
    /// How far in the reader's future a timestamp may lie, and how far in its past that of a question. A message 1 of a clock that
    /// is further ahead would lock its own node out once the clock is right.
    /// </summary>
    public static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(10);

    private ulong _last;

    /// <summary>Microseconds of Unix time.</summary>
    public static ulong Of(DateTimeOffset utc) =>
        (ulong)Math.Max(0, (utc - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);

    /// <summary>Microseconds of Unix time, or one more than the last.</summary>
    public ulong Next(DateTimeOffset utcNow)
    {
        var wasFarAhead = _last > Of(utcNow + ClockTolerance);
        _last = wasFarAhead ? Of(utcNow) : Math.Max(_last + 1, Of(utcNow));
        return _last;
    }
}
