using System.Collections.Generic;
using System.Net;
using MeshActors.Transport.Identity;

namespace MeshActors.Transport.Nodes;

/// <summary>A node as another can reach it: what <see cref="TunnelNode.Self"/> hands out and <see cref="TunnelNode.OpenAsync(TunnelPeer, System.Threading.CancellationToken)"/> takes.</summary>
/// <param name="Root">The root key that must answer; null for whichever node of the fleet is there.</param>
/// <param name="Endpoints">Where it may be, one to <see cref="MaxEndpoints"/>; all are asked at once, the first that answers counts.</param>
public sealed record TunnelPeer(RootKey? Root, IReadOnlyList<IPEndPoint> Endpoints)
{
    /// <summary>Endpoints at most.</summary>
    public const int MaxEndpoints = PeerRecord.MaxEndpoints;
}
