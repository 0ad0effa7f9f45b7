using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.Json.Nodes;
using MeshActors.Transport.Stun;

namespace MeshActors.Host.Cli;

/// <summary>What a behaviour discovery found, as fields for programs and as sentences for people.</summary>
internal static class NatReport
{
    /// <summary>The fields of one address family.</summary>
    /// <param name="found">How the NATs behave.</param>
    /// <param name="servers">What the servers answered; none where UDP is blocked.</param>
    public static JsonObject Fields(NatBehaviour found, IReadOnlyList<StunResult> servers)
    {
        return new JsonObject
        {
            ["natMapping"] = MappingWord(found),
            ["natFiltering"] = Word(found.Filtering),
            ["publicEndpoint"] = servers.Count == 0 ? null : servers[0].Mapped.ToString(),
            ["udpBlocked"] = Has(found, NatFlags.UdpBlocked),
            ["portAllocation"] = PortsWord(found.Ports),
            ["hairpin"] = Has(found, NatFlags.Hairpin),
            ["stunServers"] = new JsonArray([.. servers.Select(server => (JsonNode)new JsonObject
            {
                ["server"] = server.Question.To.ToString(),
                ["latencyMs"] = server.RoundTrip is { } roundTrip ? Math.Round(roundTrip.TotalMilliseconds, 2) : null,
                ["seenAs"] = server.Mapped.ToString(),
            })]),
            ["advice"] = new JsonArray([.. Advice(found).Select(line => (JsonNode)line)]),
        };
    }

    /// <summary>What it means for the node, and what to change; at least one sentence.</summary>
    public static IEnumerable<string> Advice(NatBehaviour found)
    {
        if (Has(found, NatFlags.UdpBlocked))
        {
            yield return "No server answered over UDP: allow outbound UDP, and the answers to it, in the firewall before this machine.";
            yield break;
        }

        yield return Reachability(found);
        if (found.Filtering == EndpointDependence.Unknown)
        {
            yield return "Filtering is unknown: it takes a server with two addresses (RFC 5780).";
        }
    }

    private static string Reachability(NatBehaviour found) => (Has(found, NatFlags.NotTranslated), found) switch
    {
        (true, { Filtering: EndpointDependence.EndpointIndependent }) =>
            "The address is public and open: peers reach this machine at once.",
        (true, _) =>
            "The address is public, but only answers may be let in: allow inbound UDP to the node's port, and peers reach it at once.",
        (_, { Mapping: EndpointDependence.EndpointIndependent, Filtering: EndpointDependence.EndpointIndependent }) =>
            "The NAT lets everybody in through an open mapping: peers reach this machine directly.",
        (_, { Mapping: EndpointDependence.EndpointIndependent }) =>
            "The NAT can be opened by both sides at once: peers reach this machine directly, unless their NAT gives each peer another random port.",
        (_, { Mapping: EndpointDependence.Unknown }) =>
            "How the NAT maps is unknown: name a second server with another address.",
        (_, { Ports.Pattern: PortPattern.Random or PortPattern.Unknown }) =>
            "The NAT gives each peer another port that cannot be foretold: forward a UDP port to this machine, use a NAT that keeps its mappings, or have a relay.",
        _ =>
            "The NAT gives each peer another port that can be foretold: most peers can be reached directly, the others need a forwarded UDP port or a relay.",
    };

    private static string MappingWord(NatBehaviour found) =>
        Has(found, NatFlags.NotTranslated) ? "none" : Word(found.Mapping);

    private static string Word(EndpointDependence dependence) => dependence switch
    {
        EndpointDependence.EndpointIndependent => "endpoint-independent",
        EndpointDependence.AddressDependent => "address-dependent",
        EndpointDependence.AddressAndPortDependent => "address-and-port-dependent",
        _ => "unknown",
    };

    private static string PortsWord(NatPorts ports) => ports.Pattern switch
    {
        PortPattern.Preserving => "preserving",
        PortPattern.Sequential => string.Create(CultureInfo.InvariantCulture, $"sequential, step {ports.Step}"),
        PortPattern.Random => string.Create(CultureInfo.InvariantCulture, $"random, {ports.BlockLow} to {ports.BlockHigh}"),
        _ => "unknown",
    };

    private static bool Has(NatBehaviour found, NatFlags flag) => (found.Flags & flag) != 0;
}
