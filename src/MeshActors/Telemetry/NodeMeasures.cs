using System;
using System.Collections.Immutable;
using MeshActors.Transport.Io;
using MeshActors.Transport.Tunnels;
using MeshActors.Transport.WebSockets;

namespace MeshActors.Telemetry;

/// <summary>What is read of a node when its relays are measured; each is cheap to read, from any thread.</summary>
/// <param name="Traffic">What its tunnels have carried.</param>
/// <param name="RelayedPeers">The peers that relays carry or have carried.</param>
/// <param name="Connections">What went over WebSockets.</param>
internal sealed record NodeMeasures(
    Func<TrafficBytes> Traffic, Func<ImmutableArray<RelayedPeer>> RelayedPeers, Func<ConnectionStatistics> Connections);
