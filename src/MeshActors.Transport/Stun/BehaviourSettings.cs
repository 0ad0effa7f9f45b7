using System;
using System.Collections.Immutable;
using MeshActors.Transport.Addressing;

namespace MeshActors.Transport.Stun;

/// <summary>What a behaviour discovery may use.</summary>
internal sealed record BehaviourSettings
{
    public const int MaxServers = 4;
    public const int MaxSockets = 16;

    /// <param name="servers">1 to 4 STUN servers of one address family, better of two addresses than of one.</param>
    /// <param name="sockets">
    /// Local endpoints of 1 to 16 sockets, which may have an unspecified address. All but the first must be fresh: never used
    /// toward these servers. With fewer than <see cref="PortSamples.Least"/> ports cannot be classified, with fewer than four
    /// not even filtering and hairpin.
    /// </param>
    public BehaviourSettings(ImmutableArray<UdpEndpoint> servers, ImmutableArray<UdpEndpoint> sockets)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(servers.Length, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(servers.Length, MaxServers);
        ArgumentOutOfRangeException.ThrowIfLessThan(sockets.Length, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sockets.Length, MaxSockets);
        Servers = servers;
        Sockets = sockets;
    }

    public ImmutableArray<UdpEndpoint> Servers { get; }

    public ImmutableArray<UdpEndpoint> Sockets { get; }

    /// <summary>How long each question is asked; silence is an answer here.</summary>
    public StunPatience Patience { get; init; } = StunPatience.Short;

    /// <summary>How long further servers are waited for once one has answered.</summary>
    public TimeSpan FurtherServers { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Between the first sends of two sockets, so that they reach the NAT in order.</summary>
    public TimeSpan SampleInterval { get; init; } = TimeSpan.FromMilliseconds(20);
}
