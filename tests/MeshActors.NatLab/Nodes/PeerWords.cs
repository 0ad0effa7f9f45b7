using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Nodes;

namespace MeshActors.NatLab.Nodes;

/// <summary>How a node is reached, as text between processes.</summary>
/// <param name="Root">Its root key.</param>
/// <param name="Address">Its mesh address.</param>
/// <param name="Endpoints">Where it listens.</param>
/// <param name="Relays">Relays where it has leases.</param>
/// <param name="WebSocket">Where a relay takes connections.</param>
internal sealed record PeerWords(
    string Root, string Address, IReadOnlyList<string> Endpoints, IReadOnlyList<string> Relays, Uri? WebSocket)
{
    public static PeerWords Of(TunnelPeer peer) => new(
        peer.Root.ToString()!,
        peer.Address.ToString()!,
        [.. peer.Endpoints.Select(endpoint => endpoint.ToString())],
        [.. peer.Relays.Select(relay => relay.ToString())],
        peer.WebSocket);

    public TunnelPeer ToPeer() => new(RootKey.Parse(Root), [.. Endpoints.Select(IPEndPoint.Parse)])
    {
        Address = MeshAddress.Parse(Address),
        Relays = [.. Relays.Select(relay => MeshAddress.Parse(relay))],
        WebSocket = WebSocket,
    };
}
