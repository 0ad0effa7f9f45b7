using System;
using System.Collections.Generic;
using System.Net;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Identity;

namespace MeshActors.Transport.Nodes;

/// <summary>A node as another can reach it: what <see cref="TunnelNode.Self"/> hands out and <see cref="TunnelNode.OpenAsync(TunnelPeer, System.Threading.CancellationToken)"/> takes.</summary>
/// <param name="Root">The root key that must answer; null for whichever node of the fleet is there.</param>
/// <param name="Endpoints">Where it may be, at most <see cref="MaxEndpoints"/>, at least one when there are no <see cref="Relays"/>; all ways are asked at once, the first that answers counts.</param>
public sealed record TunnelPeer(RootKey? Root, IReadOnlyList<IPEndPoint> Endpoints)
{
    /// <summary>Its mesh address; needed where it is to be reached over <see cref="Relays"/>.</summary>
    public MeshAddress? Address { get; init; }

    /// <summary>Addresses of the relays where it has leases, none by default; one counts when this node uses it too, or a relay that forwards to it.</summary>
    public IReadOnlyList<MeshAddress> Relays { get; init; } = [];

    /// <summary>
    /// Where a relay takes connections for when UDP does not get through, such as <c>wss://relay.example/mesh</c>; null (the default) for nowhere. Counts in
    /// <see cref="TunnelNodeOptions.Relays"/>.
    /// </summary>
    public Uri? WebSocket { get; init; }

    /// <summary>Endpoints at most.</summary>
    public const int MaxEndpoints = PeerRecord.MaxEndpoints;
}
