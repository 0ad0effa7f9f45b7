using System;

namespace MeshActors.Transport.Tunnels;

/// <summary>How a failed tunnel is tried again.</summary>
/// <param name="ReconnectTimeout">From its failure until it is given up.</param>
/// <param name="FirstDelay">Before the first attempt; doubles with each.</param>
/// <param name="LargestDelay">Between two attempts at most.</param>
internal sealed record TunnelSupervisionSettings(
    TimeSpan ReconnectTimeout,
    TimeSpan FirstDelay,
    TimeSpan LargestDelay);
