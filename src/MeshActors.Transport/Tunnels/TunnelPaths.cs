using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Paths;
using MeshActors.Transport.Session;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Time;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Tunnels;

/// <summary>The ways that packets of a tunnel take, for as long as its streams' state lives: ties what is decided about paths to what is sent on them.</summary>
/// <remarks>
/// <see cref="PathAgent"/> decides; here each path that carries packets gets its own loss recovery and size of datagrams, challenges are sealed and sent, and silence on the path in
/// use is told.
/// </remarks>
internal sealed class TunnelPaths
{
    /// <summary>Bytes of the datagram of a challenge to an endpoint that never answered.</summary>
    public const int SmallBytes = 64;

    private const int MostFrameBytes = PathInbox.MostContentBytes + 8;
    private const int SilentProbeTimeouts = 2;
    private const int GraceProbeTimeouts = 3;
    private const double SilentRoundTrips = 2.5;

    private static readonly TimeSpan LeastSilence = TimeSpan.FromMilliseconds(100);

    private readonly StreamMux _streams;
    private readonly int _mostDatagramBytes;
    private readonly List<TunnelPath> _used = [];
    private readonly Func<UdpEndpoint, UdpEndpoint[]>? _overRelays;
    private byte[] _frames = [];
    private readonly AsideFrames _toSay = new();
    private readonly DirectRetry _retry;

    /// <param name="endpoint">Where the handshake was completed.</param>
    /// <param name="streams">The state that the paths are of.</param>
    /// <param name="settings">Sizes and times.</param>
    /// <param name="overRelays">Says how the peer is reached over a relay where it has a lease; null when this node uses none.</param>
    /// <param name="random">Tokens.</param>
    /// <param name="now">The present.</param>
    public TunnelPaths(
        UdpEndpoint endpoint,
        StreamMux streams,
        TunnelSettings settings,
        Func<UdpEndpoint, UdpEndpoint[]>? overRelays,
        IRandomSource random,
        MonoTime now)
    {
        _overRelays = overRelays;
        _streams = streams;
        _mostDatagramBytes = settings.MaxDatagramBytes;
        Agent = new PathAgent(endpoint, settings.KeepAliveInterval, random, now);
        Active = new TunnelPath(Agent.Active, streams.Paths.Active, _mostDatagramBytes, now);
        _used.Add(Active);
        _retry = new DirectRetry(random);
        _retry.HandlePath(Active.Path.Kind, now);
    }

    public PathAgent Agent { get; }

    public CandidateExchange Candidates { get; } = new();

    /// <summary>The path that packets go on.</summary>
    public TunnelPath Active { get; private set; }

    /// <summary>Where a handshake beside the data may reach the peer: the path in use and all others that work.</summary>
    public ImmutableArray<UdpEndpoint> DialEndpoints =>
    [
        Active.Endpoint,
        .. Agent.Paths.Where(path => path.State == PathState.Valid && path.Endpoint != Active.Endpoint)
            .Select(path => path.Endpoint).Take(PeerRecord.MaxEndpoints - 1),
    ];

    /// <summary>True when there is another path that works, or may.</summary>
    public bool HasOthers => Agent.Paths.Count > 1;

    /// <summary>The longest probe timeout among paths that still have packets on the way.</summary>
    public TimeSpan LongestProbeTimeout
    {
        get
        {
            var longest = TimeSpan.Zero;
            foreach (var path in _used)
            {
                longest = path.Recovery.RoundTrip.ProbeTimeout > longest ? path.Recovery.RoundTrip.ProbeTimeout : longest;
            }

            return longest;
        }
    }

    public MonoTime? NextTimeout => MonoTime.Earliest(
        HasOthers && !Agent.IsInDoubt ? Active.Recovery.UnansweredSince + Silence : null,
        MonoTime.Earliest(_retry.NextTimeout, MonoTime.Earliest(Agent.NextTimeout, Candidates.NextTimeout)));

    private RoundTripEstimator RoundTrip => Active.Recovery.RoundTrip;

    /// <summary>How long nothing may come back before the path in use is doubted.</summary>
    private TimeSpan Silence
    {
        get
        {
            var byRoundTrip = RoundTrip.SmoothedOrInitial * SilentRoundTrips;
            byRoundTrip = byRoundTrip > LeastSilence ? byRoundTrip : LeastSilence;
            var byTimeout = SilentProbeTimeouts * RoundTrip.ProbeTimeout;
            return byTimeout < byRoundTrip ? byTimeout : byRoundTrip;
        }
    }

    private TimeSpan Grace => GraceProbeTimeouts * RoundTrip.ProbeTimeout;

    /// <summary>Whether the paths are those of this state.</summary>
    public bool AreOf(StreamMux streams) => streams == _streams;

    /// <summary>A packet was taken: where it came from, and what it said about paths.</summary>
    /// <param name="from">Its source.</param>
    /// <param name="bytes">Of its datagram.</param>
    /// <param name="isMember">Whether the peer proved this node's fleet.</param>
    /// <param name="now">The present.</param>
    public void HandlePacket(UdpEndpoint from, int bytes, bool isMember, MonoTime now)
    {
        var inbox = _streams.PathInbox;
        Active.Path.HandleAnswered(Active.Recovery.AnsweredAt);
        if (HasOthers || from != Active.Endpoint)
        {
            Agent.HandleHeard(from, inbox.Freshness, bytes >= SmallBytes && inbox.Challenge is null, Silence, now);
        }

        if (inbox.HasAny)
        {
            if (inbox.Challenge is { } challenge)
            {
                Agent.HandleChallenge(from, challenge, now);
            }

            if (inbox.Answer is { } answer)
            {
                Agent.HandleAnswer(answer, RoundTrip.SmoothedOrInitial, now);
            }

            if (!inbox.Candidates.IsEmpty)
            {
                HandleCandidates(inbox.Candidates, isMember, now);
            }

            inbox.Clear();
        }

        Follow(now);
    }

    /// <summary>A further session of the same state is there.</summary>
    /// <param name="endpoint">Where its handshake was completed.</param>
    /// <param name="failed">Whether the tunnel had failed.</param>
    /// <param name="now">The present.</param>
    public void HandleSession(UdpEndpoint endpoint, bool failed, MonoTime now)
    {
        if (failed && (HasOthers || endpoint != Active.Endpoint))
        {
            Agent.HandleReopened(endpoint, now);
        }
        else
        {
            Agent.HandleHandshake(endpoint, now);
        }

        Follow(now);
    }

    /// <summary>Takes what this node knows of itself: both sides try all once more when that is new.</summary>
    public void SetOwn(LocalCandidates own, MonoTime now)
    {
        if (Candidates.SetOwn(own, now))
        {
            _retry.HandleChanged(now);
            Agent.Paths.RetryDirect(now);
        }
    }

    /// <summary>This node's own address may have changed.</summary>
    public void HandleNetworkChanged(MonoTime now)
    {
        _retry.HandleChanged(now);
        Agent.HandleNetworkChanged(Grace, now);
        Follow(now);
    }

    public void HandleTimeout(MonoTime now)
    {
        if (HasOthers && Active.Recovery.UnansweredSince + Silence <= now)
        {
            Agent.Doubt(Grace, now);
        }

        if (_retry.TryTake(now) && !Candidates.IsUdpBlocked)
        {
            Candidates.TellAgain(now);
            Agent.Paths.RetryDirect(now);
        }

        Agent.HandleTimeout(now);
        Follow(now);
    }

    /// <summary>Writes and seals what is owed to paths: answers, challenges, candidates.</summary>
    /// <returns>The datagram's length, 0 when nothing is due.</returns>
    public int PollAside(TunnelSession session, Span<byte> destination, out UdpEndpoint to, MonoTime now)
    {
        to = default;
        if (!Agent.HasOwed && _toSay.IsEmpty && Agent.IsSettled && Candidates.NextTimeout is null)
        {
            return 0;
        }

        if (_frames.Length == 0)
        {
            // Most tunnels are idle, or have one path and nothing to say of it.
            _frames = new byte[MostFrameBytes];
        }

        if (Agent.PollAnswer(out to, out var token, out var beside, now))
        {
            var length = new PathFrame(token).Write(FrameType.PathResponse, _frames);
            length += beside is { } own ? new PathFrame(own).Write(FrameType.PathChallenge, _frames.AsSpan(length)) : 0;
            return Seal(session, length, destination[..SmallBytes], now);
        }

        if (Agent.PollChallenge(out to, out token, out var isFull, now))
        {
            var length = new PathFrame(token).Write(FrameType.PathChallenge, _frames);
            return Seal(session, length, destination[..(isFull ? PathMtu.BaseBytes : SmallBytes)], now);
        }

        to = Active.Endpoint;
        if (_toSay.Poll(_frames) is > 0 and var said)
        {
            return Seal(session, said, destination[..Math.Max(SmallBytes, said + PacketProtection.Overhead)], now);
        }

        return Candidates.PollFrame(_frames, now) is > 0 and var list
            ? Seal(session, list, destination[..Math.Max(SmallBytes, list + PacketProtection.Overhead)], now)
            : 0;
    }

    /// <inheritdoc cref="AsideFrames.Add"/>
    public void Say(ulong type, ReadOnlySpan<byte> content) => _toSay.Add(type, content);

    private int Seal(TunnelSession session, int frames, Span<byte> destination, MonoTime now) =>
        session.SealAside(_streams, _frames.AsSpan(0, frames), destination, now);

    private void HandleCandidates(ReadOnlySpan<byte> content, bool isMember, MonoTime now)
    {
        Span<(CandidateKind Kind, UdpEndpoint Endpoint)> told =
            stackalloc (CandidateKind Kind, UdpEndpoint Endpoint)[CandidatesFrame.MaxCandidates];
        var count = Candidates.HandleFrame(content, told, now) ?? 0;
        if (count > 0)
        {
            Agent.Paths.RetryDirect(now);
            if (Candidates.IsNews)
            {
                _retry.HandleChanged(now);
            }
            else
            {
                _retry.HandleTold(now);
            }
        }

        foreach (var (kind, endpoint) in told[..count])
        {
            if (kind == CandidateKind.Relay)
            {
                Agent.Offer(_overRelays?.Invoke(endpoint) ?? [], now);
            }
            else if (EndpointPolicy.Allows(endpoint, isMember, Active.Endpoint.IsLoopback || Candidates.Own.AreOnLoopback))
            {
                Agent.Offer([endpoint], now);
                if (kind == CandidateKind.Reflexive)
                {
                    Candidates.HandleAttested(endpoint);
                }
            }
        }
    }

    /// <summary>Sends on the path that is decided for; on a change, what may be lost on the one before goes again at once.</summary>
    private void Follow(MonoTime now)
    {
        _streams.Packets.AcksApart = Agent.AcksTo != Agent.Active;
        if (Agent.Active == Active.Path)
        {
            return;
        }

        var before = Active;
        if (Use(Agent.Active, now) is not { } next)
        {
            return;
        }

        Active = next;
        _retry.HandlePath(Active.Path.Kind, now);
        if (Agent.ReplacesSilent || before.Recovery.UnansweredSince + before.Recovery.RoundTrip.ProbeTimeout <= now)
        {
            before.Recovery.Repeat(int.MaxValue);
        }

        _streams.Packets.HandlePathChanged(now);
    }

    private TunnelPath? Use(PeerPath path, MonoTime now)
    {
        var used = _used.Find(used => used.Path == path);
        if (used is null)
        {
            if (_used.Count == LossRecovery.MaxPaths)
            {
                var oldest = _used.Find(other => other != Active)!;
                _streams.Paths.Drop(oldest.Recovery);
                _used.Remove(oldest);
            }

            if (_streams.Paths.Add(TunnelPath.FirstRoundTrip(path), now) is not { } recovery)
            {
                return null;
            }

            used = new TunnelPath(path, recovery, _mostDatagramBytes, now);
        }

        _used.Remove(used);
        _used.Add(used);
        _streams.Paths.Use(used.Recovery);
        return used;
    }
}
