using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Paths;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Tunnels;

/// <summary>The ways of a tunnel over all states of its streams: paths begin anew when these do, and the peer is told each time where this node may be reached.</summary>
internal sealed class TunnelRoutes
{
    /// <summary>Endpoints that copies of one message 1 go to at most.</summary>
    private const int MostDialled = 12;

    /// <summary>Relays of the peer that are remembered; the longest not told of goes.</summary>
    private const int MostRelaysTold = 4;

    private readonly TunnelSettings _settings;
    private readonly TunnelCounters _counters;
    private readonly IRandomSource _random;
    private LocalCandidates _candidates = LocalCandidates.None;
    private ImmutableArray<UdpEndpoint> _dialled = [];
    private readonly List<UdpEndpoint> _relaysTold = [];
    private bool _peerTakesCandidates;

    public TunnelRoutes(TunnelSettings settings, TunnelCounters counters, IRandomSource random)
    {
        Hold = new DirectHold(settings.DirectTimeout);
        _settings = settings;
        _counters = counters;
        _random = random;
    }

    /// <summary>The ways to the peer; null before the first session.</summary>
    public TunnelPaths? Paths { get; private set; }

    /// <summary>How long the tunnel may be quiet: as configured; on a direct path shorter when a NAT before this node forgets sooner.</summary>
    public TimeSpan KeepAliveInterval =>
        _candidates.KeepAlive is { } learned && learned < _settings.KeepAliveInterval && Paths?.Agent.Active.Kind == PathKind.Direct
            ? learned
            : _settings.KeepAliveInterval;

    /// <summary>Whether endpoints that were not sent to before may be.</summary>
    public NewEndpoints NewEndpoints { get; set; } = new();

    /// <summary>What was tried to get a direct path by guessing ports.</summary>
    public PunchHistory Punching { get; } = new();

    /// <summary>
    /// Says how the peer is reached over a relay, as it names relays in its candidates, or over any, whether it has a lease there or not, when none is named; null when this node uses none.
    /// </summary>
    public Func<UdpEndpoint?, UdpEndpoint[]>? OverRelays { get; set; }

    /// <summary>Says which relay an endpoint is behind; null when this node uses none.</summary>
    public Func<UdpEndpoint, MeshAddress?>? RelayOf { get; set; }

    /// <inheritdoc cref="PeerPaths.ShareRelay"/>
    public Func<UdpEndpoint, UdpEndpoint, bool>? ShareRelay { get; set; }

    /// <summary>Holds streams back that no relay may carry.</summary>
    public DirectHold Hold { get; }

    /// <summary>The ways that were tried when it last failed, for people; empty before.</summary>
    public string Tried { get; private set; } = string.Empty;

    /// <summary>When <see cref="HandleTimeout"/> must next be called, while there is a session.</summary>
    public MonoTime? NextTimeout => MonoTime.Earliest(Paths?.NextTimeout, Hold.NextTimeout);

    /// <summary>The connection to the peer that is open now, null when there is none.</summary>
    public UdpEndpoint? Connection { get; set; }

    /// <summary>Where a first handshake may reach the peer: a connection to it, the endpoints of its record, and the ways over its relays, those of the record and those it told of.</summary>
    public ImmutableArray<UdpEndpoint> DialEndpoints(PeerRecord peer)
    {
        var relays = OverRelays is null ? [] : peer.Relays.Select(RelayName.Of).Concat(_relaysTold).Distinct();
        var direct = Connection is { } connection ? peer.Endpoints.Prepend(connection) : peer.Endpoints;
        return _dialled = [.. direct.Concat(relays.SelectMany(relay => OverRelays!(relay))).Distinct().Take(MostDialled)];
    }

    /// <summary>Where a handshake may reach a peer whose tunnel has failed: as always, and over every relay, for it may have gone to another one meanwhile.</summary>
    public ImmutableArray<UdpEndpoint> RedialEndpoints(PeerRecord peer) =>
        _dialled = [.. DialEndpoints(peer).Concat(OverRelays?.Invoke(null) ?? []).Distinct().Take(MostDialled)];

    /// <summary>Takes where this node may be reached, for the peer to know.</summary>
    public void SetCandidates(LocalCandidates candidates, MonoTime now)
    {
        _candidates = candidates;
        Tell(now);
    }

    /// <summary>A session is there.</summary>
    /// <param name="session">What both sides proved.</param>
    /// <param name="endpoint">Where its handshake was completed.</param>
    /// <param name="streams">The state that goes with it: paths of another, which may have been given up before this session came, are not used in it.</param>
    /// <param name="failed">Whether the tunnel had failed.</param>
    /// <param name="now">The present.</param>
    public void HandleSession(TunnelSession session, UdpEndpoint endpoint, StreamMux streams, bool failed, MonoTime now)
    {
        if (Paths is { } paths && paths.AreOf(streams))
        {
            paths.HandleSession(endpoint, failed, now);
        }
        else
        {
            Paths = new TunnelPaths(endpoint, streams, _settings, OverRelays is null ? null : HandleRelayTold, _random, now);
            Paths.Agent.NewEndpoints = NewEndpoints;
            Paths.Agent.Paths.ShareRelay = ShareRelay;
        }

        _peerTakesCandidates = session.Features.HasFlag(TunnelFeatures.Paths);
        Hold.IsDirectOnly = !_settings.RelayFallback || session.Features.HasFlag(TunnelFeatures.DirectOnly);
        Follow(now);
        Tell(now);
    }

    /// <inheritdoc cref="TunnelPaths.HandlePacket"/>
    public void HandlePacket(UdpEndpoint from, int bytes, bool isMember, MonoTime now)
    {
        Paths?.HandlePacket(from, bytes, isMember, now);
        Follow(now);
    }

    public void HandleTimeout(MonoTime now)
    {
        Paths?.HandleTimeout(now);
        Follow(now);
    }

    /// <summary>The tunnel fails, or ends for lack of a way: keeps what was tried.</summary>
    public void HandleFailed(MonoTime now)
    {
        Hold.Release();
        Tried = TriedWays.Describe(Paths?.Agent, _dialled, RelayOf, now);
    }

    /// <summary>Hands out the next datagram of a session: what is owed to paths, then what the streams have.</summary>
    /// <param name="session">It must still be able to seal.</param>
    /// <param name="streams">What is to be sent.</param>
    /// <param name="destination">Room for the largest datagram.</param>
    /// <param name="transmit">How it is to be sent.</param>
    /// <param name="now">The present.</param>
    /// <returns>Its length, 0 when there is nothing to send now.</returns>
    public int PollTransmit(
        TunnelSession session, StreamMux streams, Span<byte> destination, out Transmit transmit, MonoTime now)
    {
        transmit = default;
        if (Paths is not { } paths)
        {
            return 0;
        }

        streams.Packets.HoldsStreams = Hold.Follow(paths.Active.Endpoint, now);
        if (paths.PollAside(session, destination, out var aside, now) is > 0 and var asideLength)
        {
            transmit = new Transmit(aside, Alone: true, Ecn: false);
            _counters.Sent(asideLength, isPacket: true, aside);
            return asideLength;
        }

        var length = paths.Active.PollTransmit(session, streams, destination, out var isProbe, now);
        var to = streams.Packets.IsAckOnly && !isProbe ? paths.Agent.AcksTo.Endpoint : paths.Active.Endpoint;
        transmit = new Transmit(to, Alone: isProbe, Ecn: streams.Packets.IsMarked);
        _counters.Sent(length, isPacket: length > 0, to);
        return length;
    }

    /// <summary>Streams have waited for a direct path for too long.</summary>
    /// <returns>Why the tunnel ends, for people.</returns>
    public string GiveUp(MonoTime now)
    {
        HandleFailed(now);
        return $"no direct path in time, and no relay may carry streams; tried: {Tried}";
    }

    private void Follow(MonoTime now)
    {
        if (Hold.IsDirectOnly && Paths is { } paths)
        {
            Hold.Follow(paths.Active.Endpoint, now);
            if (Hold.Holds && paths.Candidates.IsUdpBlocked)
            {
                Hold.HandleImpossible(now);
            }

            if (Hold.Holds && Punching.IsHopeless && HasNoDirectPath(paths.Agent.Paths))
            {
                Hold.HandleHopeless(now);
            }
        }
    }

    /// <summary>Whether each endpoint had a round of challenges without an answer. One that worked before may work again.</summary>
    private static bool HasNoDirectPath(PeerPaths paths)
    {
        foreach (var path in paths)
        {
            if (path is { Kind: PathKind.Direct } and ({ State: not PathState.Failed } or { WasValid: true }))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The peer has a lease at a relay; it stays known when the tunnel fails, for the next attempt.</summary>
    private UdpEndpoint[] HandleRelayTold(UdpEndpoint relay)
    {
        _relaysTold.Remove(relay);
        _relaysTold.Add(relay);
        if (_relaysTold.Count > MostRelaysTold)
        {
            _relaysTold.RemoveAt(0);
        }

        return OverRelays?.Invoke(relay) ?? [];
    }

    private void Tell(MonoTime now)
    {
        if (_peerTakesCandidates)
        {
            Paths?.SetOwn(_candidates, now);
        }
    }
}
