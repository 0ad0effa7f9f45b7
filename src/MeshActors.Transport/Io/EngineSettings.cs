using System;
using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using MeshActors.Transport.Relay;
using MeshActors.Transport.Sockets;
using MeshActors.Transport.Tunnels;
using MeshActors.Transport.WebSockets;

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

    /// <summary>Where this node takes connections of clients that UDP does not get through from; null for nowhere. Port 0 picks a free port.</summary>
    public IPEndPoint? RelayWebSocketBind { get; init; }

    /// <summary>What those clients are shown; null makes one at start. Stays the owner's.</summary>
    public X509Certificate2? RelayCertificate { get; init; }

    /// <summary>Bounds of these connections, and of those that this node opens.</summary>
    public ConnectionSettings Connections { get; init; } = new();

    /// <summary>Whether a gateway of the local network is asked to map the first port of IPv4 that is not loopback's.</summary>
    public bool PortMapping { get; init; }

    /// <summary>
    /// How long the driver looks for further input before it sleeps, zero or more. A wake-up costs tens of microseconds of latency; looking costs
    /// a processor as long as there is traffic.
    /// </summary>
    public TimeSpan Spin { get; init; } = TimeSpan.Zero;
}
