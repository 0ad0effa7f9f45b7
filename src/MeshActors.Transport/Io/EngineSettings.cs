using System;
using System.Collections.Immutable;
using System.Net;
using MeshActors.Transport.Relay;
using MeshActors.Transport.Sockets;
using MeshActors.Transport.Tunnels;

namespace MeshActors.Transport.Io;

/// <summary>Where an engine listens and how its tunnels behave.</summary>
/// <param name="Binds">Endpoints to bind, at least one; port 0 picks a free port.</param>
/// <param name="Tunnels">Times and bounds of the tunnels.</param>
internal sealed record EngineSettings(ImmutableArray<IPEndPoint> Binds, TunnelSettings Tunnels)
{
    /// <summary>Which sockets to use.</summary>
    public SocketKind Sockets { get; init; } = SocketKind.Auto;

    /// <summary>What this node forwards for others; null when it is no relay. A relay's certificate has to have the role.</summary>
    public RelaySettings? Relaying { get; init; }

    /// <summary>
    /// How long the driver looks for further input before it sleeps, zero or more. A wake-up costs tens of microseconds of latency; looking costs
    /// a processor as long as there is traffic.
    /// </summary>
    public TimeSpan Spin { get; init; } = TimeSpan.Zero;
}
