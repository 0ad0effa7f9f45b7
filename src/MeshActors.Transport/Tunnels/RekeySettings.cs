using System;
using MeshActors.Transport.Session;

namespace MeshActors.Transport.Tunnels;

/// <summary>When the keys of a tunnel are replaced beside its data (docs/protocol.md, section 3.3).</summary>
internal sealed record RekeySettings
{
    /// <summary>Age of a session at which the side that dialled it begins the next, less up to a tenth by chance: many tunnels opened together do not all shake hands together.</summary>
    public TimeSpan After { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Packets sealed or opened in a session at which the side that dialled it begins the next.</summary>
    public ulong AfterPackets { get; init; } = 1ul << 22;

    /// <summary>How much older a session grows before the side that did not dial it begins the next.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How many packets more a session carries before the side that did not dial it begins the next.</summary>
    public ulong GracePackets { get; init; } = 1ul << 20;

    /// <summary>Delay after the first attempt that came to nothing; it doubles with each.</summary>
    public TimeSpan FirstRetry { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>No delay between attempts is longer.</summary>
    public TimeSpan LongestRetry { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Packets that one side seals under a key at most, 1 to <see cref="PacketProtection.MaxPackets"/>: then the session has failed.</summary>
    public ulong MostPackets { get; init; } = PacketProtection.MaxPackets;
}
