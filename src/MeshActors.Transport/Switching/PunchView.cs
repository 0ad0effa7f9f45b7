using System;
using System.Collections.Generic;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Paths;
using MeshActors.Transport.Stun;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Switching;

/// <summary>Reads from what relays saw of a node, and from how its NAT was found to behave, which ports it sends from to somebody new.</summary>
internal static class PunchView
{
    /// <summary>Ports further apart than this were not given out one after the other.</summary>
    private const int LargestDistance = 16;

    /// <summary>What is known of this node's ports.</summary>
    /// <param name="own">What it tells peers.</param>
    /// <param name="isStale">Whether the behaviour may be that of a NAT which this node is behind no more.</param>
    public static PunchPorts Of(LocalCandidates own, bool isStale)
    {
        var attested = new List<UdpEndpoint>();
        foreach (var (kind, endpoint) in own.Candidates)
        {
            if (kind == CandidateKind.Reflexive)
            {
                attested.Add(endpoint);
            }
        }

        var ports = Of(own.Behaviour, attested);
        return isStale && ports.Pattern == PunchPattern.Fixed ? ports with { MostTries = PunchPlan.MostGuessesUnproven } : ports;
    }

    /// <summary>What is known of a peer's ports.</summary>
    public static PunchPorts Of(CandidateExchange told) => Of(told.PeerBehaviour, told.Attested);

    /// <param name="behaviour">Of the NATs before the node, null while it is not known.</param>
    /// <param name="attested">Where relays see the node, different ones only, in the order in which the node asked them.</param>
    public static PunchPorts Of(NatBehaviour? behaviour, IReadOnlyList<UdpEndpoint> attested)
    {
        UdpEndpoint? first = null;
        UdpEndpoint? second = null;
        foreach (var endpoint in attested)
        {
            if (endpoint.IsIPv4)
            {
                second ??= first is { } known && known.Bits == endpoint.Bits ? endpoint : null;
                first ??= endpoint;
            }
        }

        if (first is not { } seen)
        {
            return default;
        }

        if (behaviour is { Mapping: EndpointDependence.EndpointIndependent }
            || (behaviour is { } found && found.Flags.HasFlag(NatFlags.NotTranslated)))
        {
            return new PunchPorts(PunchPattern.Fixed, seen);
        }

        if (second is null && behaviour is not { Mapping: > EndpointDependence.EndpointIndependent })
        {
            // Most NATs have one mapping for all; that this one has, no second relay has shown.
            return new PunchPorts(PunchPattern.Fixed, seen) { MostTries = TriesUnproven(behaviour) };
        }

        return behaviour switch
        {
            { Ports: { Pattern: PortPattern.Sequential, Step: var step } } => new(PunchPattern.Counting, seen, step),
            { Ports: { Pattern: PortPattern.Random, BlockLow: var low, BlockHigh: var high } } =>
                new(PunchPattern.Scattered, seen, Low: low, High: high),
            _ => OfDistance(seen, second),
        };
    }

    private static int TriesUnproven(NatBehaviour? behaviour) =>
        behaviour is { Ports: { Pattern: PortPattern.Random, BlockLow: var low, BlockHigh: var high } }
            ? Math.Clamp((high - low + 1) / PunchPlan.UnprovenShare, 1, PunchPlan.MostGuessesUnproven)
            : PunchPlan.MostGuessesUnproven;

    /// <summary>Ports near each other were counted; others may be any.</summary>
    private static PunchPorts OfDistance(UdpEndpoint seen, UdpEndpoint? other) =>
        other is { } next && next.Port - seen.Port is var distance && Math.Abs(distance) is >= 1 and <= LargestDistance
            ? new(PunchPattern.Counting, seen, distance)
            : PunchPlan.AnyPort(seen);
}
