using System;
using System.Collections.Generic;
using System.Linq;

namespace MeshActors.TestKit.Nat;

/// <summary>Says whether two hosts can talk directly, from what their boxes do (RFC 4787) and from nothing else.</summary>
/// <remarks>
/// It supposes two hosts that work together over a relay: each knows its own outside endpoints as servers see them, and the address of the other;
/// both know how all boxes behave; and each may send from any socket to anywhere at any time. Between a host s with outside endpoint Y and a host t
/// with outside endpoint X packets pass both ways when s has a mapping Y for X, t has a mapping X for Y, and each has sent to the other. There are
/// three ways to get there:
/// <list type="bullet">
/// <item>both send at once, each to an endpoint that it knows beforehand, or guesses;</item>
/// <item>s hears t first at a mapping that everybody may send to, and answers;</item>
/// <item>s opens a mapping for the address of t, hears t there from whatever port, and answers.</item>
/// </list>
/// What an expiry shorter than a second lets pass counts as no path: nobody keeps it.
/// </remarks>
internal static class DirectPathOracle
{
    /// <summary>How likely a path is to be found that is called likely.</summary>
    private const double LeastLikely = 0.95;

    private static readonly TimeSpan ShortestExpiry = TimeSpan.FromSeconds(1);

    /// <summary>Whether two hosts behind these boxes can talk directly.</summary>
    /// <param name="a">One host's way to the internet.</param>
    /// <param name="b">The other's.</param>
    /// <param name="shared">How many boxes, counted from the internet, are the same for both.</param>
    /// <param name="caps">How much they may try; null for what the protocol allows.</param>
    public static DirectPath DirectPathPossible(NatAccess a, NatAccess b, int shared = 0, ProbeCaps? caps = null) =>
        Chance(a, b, shared, caps ?? new ProbeCaps()) switch
        {
            1 => DirectPath.Yes,
            >= LeastLikely => DirectPath.Likely,
            _ => DirectPath.No,
        };

    /// <summary>The same as a probability: 1 is certain, anything between rests on ports that are guessed.</summary>
    /// <exception cref="ArgumentException">
    /// A box has mappings that depend on the destination at any of several addresses: that is not worked out here.
    /// </exception>
    public static double Chance(NatAccess a, NatAccess b, int shared, ProbeCaps caps)
    {
        var innerA = a with { Boxes = a.Boxes[..^shared] };
        var innerB = b with { Boxes = b.Boxes[..^shared] };

        // Inside of shared boxes IPv6 needs none of them.
        var overIPv6 = Between(innerA.Behaviour(overIPv4: false), innerB.Behaviour(overIPv4: false), caps);
        return Math.Max(overIPv6, OverIPv4(innerA, innerB, a.Boxes[^shared..].ToList(), caps));
    }

    /// <param name="innerA">One host's own boxes.</param>
    /// <param name="innerB">The other's.</param>
    /// <param name="common">What is beyond, for both.</param>
    /// <param name="caps">How much they may try.</param>
    private static double OverIPv4(NatAccess innerA, NatAccess innerB, List<IBoxSettings> common, ProbeCaps caps)
    {
        var best = 0.0;
        if (innerA.Boxes.IsEmpty || innerB.Boxes.IsEmpty)
        {
            // One of them has an address that the other's boxes can send to without passing the shared ones.
            best = Between(innerA.Behaviour(overIPv4: true), innerB.Behaviour(overIPv4: true), caps);
        }

        // Where no UDP gets out, nobody has heard of an outside endpoint.
        if (common.Any(box => box.Behaviour(overIPv4: true) is { BlocksUdp: true }))
        {
            return best;
        }

        while (common.Count > 0 && common[^1].OutsideAddresses == 0)
        {
            // Firewalls that both are inside of are not on the way between them.
            common.RemoveAt(common.Count - 1);
        }

        // Both know each other by addresses of the outermost box that translates, and what they share it has to send back inside.
        var hairpin = common.Count == 0 ? NatHairpin.On : common[^1].Behaviour(overIPv4: true)!.Hairpin;
        if (hairpin == NatHairpin.Off || (hairpin == NatHairpin.InternalSource && !(LetsAllIn(innerA) && LetsAllIn(innerB))))
        {
            return best;
        }

        var wholeA = innerA with { Boxes = [.. innerA.Boxes, .. common] };
        var wholeB = innerB with { Boxes = [.. innerB.Boxes, .. common] };
        return Math.Max(best, Between(wholeA.Behaviour(overIPv4: true), wholeB.Behaviour(overIPv4: true), caps));
    }

    private static bool LetsAllIn(NatAccess access) =>
        access.Behaviour(overIPv4: true) is { Filtering: NatDependence.EndpointIndependent };

    private static double Between(BoxBehaviour? a, BoxBehaviour? b, ProbeCaps caps)
    {
        if (a is null || b is null || IsHopeless(a) || IsHopeless(b))
        {
            return 0;
        }

        return Math.Max(SendingAtOnce(a, b, caps), Math.Max(HearingFirst(a, b, caps), HearingFirst(b, a, caps)));
    }

    private static bool IsHopeless(BoxBehaviour side) =>
        side.HasArbitraryAddresses && side.Mapping != NatDependence.EndpointIndependent
            ? throw new ArgumentException("Not worked out for mappings by destination at any of several addresses.")
            : side.BlocksUdp || side.Expiry < ShortestExpiry;

    /// <summary>Both send, each to exactly the endpoint that the other sends from.</summary>
    private static double SendingAtOnce(BoxBehaviour a, BoxBehaviour b, ProbeCaps caps)
    {
        if (IsKnown(a) && IsKnown(b))
        {
            return 1;
        }

        if (!IsKnown(a) && !IsKnown(b))
        {
            return (IsOneForPeer(a), IsOneForPeer(b)) switch
            {
                (true, true) => caps.OfTrying(a) * caps.OfTrying(b),
                (true, false) => caps.OfMapping(b, a) * caps.OfTrying(b),
                (false, true) => caps.OfMapping(a, b) * caps.OfTrying(a),
                _ => Math.Max(caps.OfMatch(a, b), caps.OfMatch(b, a)),
            };
        }

        var (known, guessed) = IsKnown(a) ? (a, b) : (b, a);
        return IsOneForPeer(known) ? caps.OfHit(guessed)
            : IsOneForPeer(guessed) ? caps.OfMapping(known, guessed)
            : caps.OfMatch(guessed, known);
    }

    /// <summary>One hears the other through a filter that lets it in from any port, and answers.</summary>
    private static double HearingFirst(BoxBehaviour s, BoxBehaviour t, ProbeCaps caps)
    {
        var best = 0.0;
        if (s.Filtering == NatDependence.EndpointIndependent)
        {
            // Any mapping will do to hear, one that a server told of too. Only where all peers share it, the answer comes from it.
            best = Answering(s, t, s.Mapping == NatDependence.EndpointIndependent, caps);
        }

        if (s.Filtering != NatDependence.AddressAndPortDependent)
        {
            var heard = IsKnown(s) ? 1 : caps.OfHit(s);
            best = Math.Max(best, heard * Answering(s, t, IsOneForPeer(s), caps));
        }

        return best;
    }

    /// <summary>After s has heard t: does what s sends to where it heard from reach t?</summary>
    /// <param name="s">Who answers.</param>
    /// <param name="t">Who is answered.</param>
    /// <param name="fromSame">Whether the answer comes from the endpoint that t sent to.</param>
    /// <param name="caps">How much they may try.</param>
    private static double Answering(BoxBehaviour s, BoxBehaviour t, bool fromSame, ProbeCaps caps)
    {
        if (fromSame || t.Filtering != NatDependence.AddressAndPortDependent)
        {
            return 1;
        }

        // The answer comes from another port of s, to which t has to send too, from where it was heard.
        return !IsOneForPeer(t) ? 0 : IsKnown(s) ? 1 : caps.OfHit(s);
    }

    /// <summary>Whether the outside endpoint of a packet to the peer is known before the packet is sent.</summary>
    private static bool IsKnown(BoxBehaviour side) =>
        side.Mapping == NatDependence.EndpointIndependent || side.PortCandidates == 1;

    /// <summary>Whether a socket has one outside endpoint for all ports of the peer.</summary>
    private static bool IsOneForPeer(BoxBehaviour side) => side.Mapping != NatDependence.AddressAndPortDependent;
}
