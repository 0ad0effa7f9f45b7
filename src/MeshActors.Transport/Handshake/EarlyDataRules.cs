using System;
using MeshActors.Transport.Identity;

namespace MeshActors.Transport.Handshake;

/// <summary>When the early data of a message 1 counts: never when the message could have been taken here before (docs/protocol.md 3.7).</summary>
/// <remarks>
/// While the register remembers a root's last timestamp it refuses replays itself. What it has forgotten, by a start or at its
/// bound, is older than a time that is kept here.
/// </remarks>
internal sealed class EarlyDataRules
{
    /// <summary>How far a timestamp may lie from our clock, and how long after its start a node takes no early data.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(2);

    private ulong? _startEnds;
    private ulong _forgotten;

    /// <summary>Time goes on; the first call is the start.</summary>
    public void HandleTime(DateTimeOffset utcNow) => _startEnds ??= AttemptTimestamps.Of(utcNow + Window);

    /// <summary>The register forgot the last timestamp of some root.</summary>
    public void HandleForgotten(ulong timestamp) => _forgotten = Math.Max(_forgotten, timestamp);

    /// <summary>Tells whether a message 1, which no register refused, may bring early data.</summary>
    public bool Allow(TrustContext context, ulong timestamp, DateTimeOffset utcNow) =>
        context.IsFleet
        && timestamp >= AttemptTimestamps.Of(utcNow - Window)
        && timestamp <= AttemptTimestamps.Of(utcNow + Window)
        && timestamp > _startEnds
        && IsRemembered(timestamp);

    /// <summary>Tells whether a message 1 of this time, had it been taken here, would be remembered.</summary>
    public bool IsRemembered(ulong timestamp) => timestamp > _forgotten;
}
