using System;

namespace MeshActors.Transport.Relay;

/// <summary>What a relay gives, and to how many.</summary>
internal sealed record RelaySettings
{
    /// <summary>Leases at most, 1 to <see cref="RelayLeases.MostLeases"/>; further clients are told that all places are taken.</summary>
    public int MaxLeases { get; init; } = RelayLeases.MostLeases;

    /// <summary>How long a lease counts after the last frame or request that verified; whole seconds, 1 s to 65,535 s.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>What each client may have forwarded.</summary>
    public RelayRate ClientRate { get; init; } = RelayRate.Client;

    /// <summary>What each relay may have forwarded for its clients.</summary>
    public RelayRate RelayRate { get; init; } = RelayRate.Relay;

    /// <summary>Bytes that wait for one receiver at most; then its oldest go.</summary>
    public int QueueBytes { get; init; } = 256 * 1024;

    /// <summary>Frames that wait for all receivers at most, 2,048 bytes of memory each: 64 MiB.</summary>
    public int MaxFrames { get; init; } = 32_768;
}
