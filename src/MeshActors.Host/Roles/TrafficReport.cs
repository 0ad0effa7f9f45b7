using System;
using System.Linq;
using System.Text.Json.Nodes;

namespace MeshActors.Host.Roles;

/// <summary>What the tunnels of a node have carried, as fields for programs.</summary>
internal static class TrafficReport
{
    /// <summary>Peers named at most.</summary>
    private const int MostPeers = 64;

    /// <summary>The fields; null when the role does not run here.</summary>
    public static JsonObject? Fields(MeshSystem? system)
    {
        if (system is null)
        {
            return null;
        }

        var traffic = system.Traffic;
        return new JsonObject
        {
            ["directBytes"] = traffic.Direct,
            ["punchedBytes"] = traffic.Punched,
            ["relayedBytes"] = traffic.Relayed,
            ["relayUsageRatio"] = Math.Round(traffic.RelayedShare, 4),
            ["relayedPeers"] = new JsonArray([.. system.RelayedPeers.Take(MostPeers).Select(peer => (JsonNode)new JsonObject
            {
                ["address"] = peer.Peer.ToString(),
                ["bytes"] = peer.Bytes,
                ["ownNat"] = peer.OwnNat,
                ["peerNat"] = peer.PeerNat,
                ["guessing"] = peer.Guessing,
                ["why"] = peer.Why,
            })]),
        };
    }
}
