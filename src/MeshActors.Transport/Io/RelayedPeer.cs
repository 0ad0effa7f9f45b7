using System.Collections.Immutable;
using System.Linq;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Paths;
using MeshActors.Transport.Stun;
using MeshActors.Transport.Tunnels;

namespace MeshActors.Transport.Io;

/// <summary>A peer whose tunnel relays carry or have carried, and why.</summary>
/// <param name="Peer">Its address.</param>
/// <param name="Bytes">Relayed both ways, UDP payload.</param>
/// <param name="OwnNat">How this node's NATs map, in words.</param>
/// <param name="PeerNat">How the peer's do, as it says.</param>
/// <param name="Guessing">What has come of guessing ports, in one word: <c>nothing-fits</c>, <c>nothing-came</c>, <c>refused</c>, <c>found</c> and others.</param>
/// <param name="Why">Why relays carry it, for people.</param>
/// <param name="IsRelayed">Whether a relay carries it now.</param>
internal sealed record RelayedPeer(
    MeshAddress Peer, long Bytes, string OwnNat, string PeerNat, string Guessing, string Why, bool IsRelayed)
{
    /// <summary>Peers of an engine's tunnels that relays carry or have carried, most bytes first.</summary>
    public static ImmutableArray<RelayedPeer> AllOf(MeshEngine engine) =>
        [.. engine.Snapshot().Select(Of).OfType<RelayedPeer>().OrderByDescending(peer => peer.Bytes)];

    /// <summary>What is known of a tunnel; null when no relay ever carried it.</summary>
    public static RelayedPeer? Of(MeshTunnel tunnel)
    {
        var statistics = tunnel.Statistics;
        if (statistics.Traffic.Relayed == 0)
        {
            return null;
        }

        var routes = tunnel.Machine?.Routes;
        var (own, peer) = (routes?.Paths?.Candidates.Own.Behaviour, routes?.Paths?.Candidates.PeerBehaviour);
        var guessing = routes?.Punching;
        return new RelayedPeer(
            tunnel.Peer.Address,
            statistics.Traffic.Relayed,
            Describe(own),
            Describe(peer),
            WordOf(guessing?.Outcome ?? PunchOutcome.NotTried),
            WhyOf(statistics.Path, own, peer) + (statistics.Path == TrafficPath.Relayed ? Describe(guessing) : string.Empty),
            statistics.Path == TrafficPath.Relayed);
    }

    /// <summary>The outcome as programs read it.</summary>
    internal static string WordOf(PunchOutcome outcome) => outcome switch
    {
        PunchOutcome.NotTried => "not-tried",
        PunchOutcome.Waiting => "waiting",
        PunchOutcome.UnderWay => "under-way",
        PunchOutcome.Found => "found",
        PunchOutcome.NothingFits => "nothing-fits",
        PunchOutcome.NothingCame => "nothing-came",
        PunchOutcome.NotAnswered => "not-answered",
        PunchOutcome.Refused => "refused",
        PunchOutcome.NotForetold => "not-foretold",
        PunchOutcome.NoSockets => "no-sockets",
        PunchOutcome.SwitchedOff => "switched-off",
        PunchOutcome.NotTrusted => "not-trusted",
        _ => "unknown",
    };

    /// <summary>What has come of guessing ports, as the end of a sentence.</summary>
    private static string Describe(PunchHistory? guessing) => guessing?.Outcome switch
    {
        PunchOutcome.Waiting or PunchOutcome.UnderWay => "; ports are being guessed",
        PunchOutcome.NothingFits => "; no way of guessing ports fits both",
        PunchOutcome.NothingCame => "; ports were guessed in vain",
        PunchOutcome.NotAnswered => "; the peer does not guess ports",
        PunchOutcome.Refused => $"; the peer refused to guess ports ({guessing.Refusal})",
        PunchOutcome.NotForetold => "; which port comes next could not be foretold",
        PunchOutcome.NoSockets => "; this node has no sockets left to guess ports with",
        PunchOutcome.SwitchedOff => "; guessing ports is switched off here",
        PunchOutcome.NotTrusted => "; ports are guessed for members of the fleet alone",
        _ => string.Empty,
    };

    private static string WhyOf(TrafficPath? path, NatBehaviour? own, NatBehaviour? peer)
    {
        if (path != TrafficPath.Relayed)
        {
            return "until a direct path was found";
        }

        return (IsBlocked(own), IsBlocked(peer), IsSymmetric(own), IsSymmetric(peer)) switch
        {
            (true, _, _, _) => "UDP is blocked here",
            (_, true, _, _) => "UDP is blocked before the peer",
            (_, _, true, true) => "the NATs of both sides give each peer another port",
            (_, _, true, _) => "the NAT before this node gives each peer another port, and none of the peer's endpoints answers",
            (_, _, _, true) => "the NAT before the peer gives each peer another port, and none of its endpoints answers",
            _ => "no endpoint of the peer answers directly",
        };
    }

    private static bool IsBlocked(NatBehaviour? nat) => nat is { } known && (known.Flags & NatFlags.UdpBlocked) != 0;

    private static bool IsSymmetric(NatBehaviour? nat) =>
        nat is { Mapping: EndpointDependence.AddressDependent or EndpointDependence.AddressAndPortDependent };

    private static string Describe(NatBehaviour? nat) => nat switch
    {
        null => "unknown",
        { } known when (known.Flags & NatFlags.UdpBlocked) != 0 => "udp-blocked",
        { } known when (known.Flags & NatFlags.NotTranslated) != 0 => "none",
        { Mapping: EndpointDependence.EndpointIndependent } => "endpoint-independent",
        { Mapping: EndpointDependence.AddressDependent } known => $"address-dependent, ports {Ports(known)}",
        { Mapping: EndpointDependence.AddressAndPortDependent } known => $"address-and-port-dependent, ports {Ports(known)}",
        _ => "unknown",
    };

    private static string Ports(NatBehaviour nat) => nat.Ports.Pattern.ToString().ToLowerInvariant();
}
