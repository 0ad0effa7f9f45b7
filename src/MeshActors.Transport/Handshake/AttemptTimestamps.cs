using System;

namespace MeshActors.Transport.Handshake;

/// <summary>Gives each of a node's handshake attempts a later timestamp than the one before, whatever the clock does.</summary>
internal sealed class AttemptTimestamps
{
    private ulong _last;

    /// <summary>Microseconds of Unix time, or one more than the last.</summary>
    public ulong Next(DateTimeOffset utcNow)
    {
        var microseconds = Math.Max(0, (utcNow - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
        _last = Math.Max(_last + 1, (ulong)microseconds);
        return _last;
    }
}
