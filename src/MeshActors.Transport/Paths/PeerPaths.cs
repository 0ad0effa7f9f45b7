using System;
using System.Collections;
using System.Collections.Generic;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Paths;

/// <summary>The ways to one peer that are known: at most <see cref="Most"/>, of which <see cref="MostSeen"/> are endpoints that the peer did not name.</summary>
internal sealed class PeerPaths : IEnumerable<PeerPath>
{
    /// <summary>Paths of one peer.</summary>
    public const int Most = 16;

    /// <summary>Paths of which the peer said nothing but sent a challenge from.</summary>
    public const int MostSeen = 8;

    /// <summary>How long an endpoint that the peer did not name has to prove itself before another may push it out: a round of challenges.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);

    /// <summary>By how much a path over IPv6 may be slower.</summary>
    private static readonly TimeSpan IPv6Advantage = TimeSpan.FromMilliseconds(3);

    private readonly List<PeerPath> _paths = [];

    public int Count => _paths.Count;

    /// <summary>Whether two ways go over the same relay, so that they die together; null where nobody knows.</summary>
    public Func<UdpEndpoint, UdpEndpoint, bool>? ShareRelay { get; set; }

    /// <summary>Whether a direct path works.</summary>
    public bool HasDirect => _paths.Exists(path => path is { Kind: PathKind.Direct, State: PathState.Valid });

    /// <summary>How a path to an endpoint goes.</summary>
    public static PathKind KindOf(UdpEndpoint endpoint) =>
        RelayedEndpoint.Is(endpoint) ? PathKind.Relayed
        : ConnectionEndpoint.TryRead(endpoint, out _) ? PathKind.Connected
        : PathKind.Direct;

    public List<PeerPath>.Enumerator GetEnumerator() => _paths.GetEnumerator();

    IEnumerator<PeerPath> IEnumerable<PeerPath>.GetEnumerator() => _paths.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _paths.GetEnumerator();

    public PeerPath? Find(UdpEndpoint endpoint)
    {
        foreach (var path in _paths)
        {
            if (path.Endpoint == endpoint)
            {
                return path;
            }
        }

        return null;
    }

    /// <summary>Whether one goes over a side socket.</summary>
    public bool NamesSide(int side)
    {
        foreach (var path in _paths)
        {
            if (SocketEndpoint.TryRead(path.Endpoint, out var named, out _) && named == side)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The path of the first handshake.</summary>
    public PeerPath AddFirst(UdpEndpoint endpoint, MonoTime now)
    {
        var path = new PeerPath(endpoint, KindOf(endpoint), isSeen: false, now);
        _paths.Add(path);
        return path;
    }

    /// <summary>Adds an endpoint that the peer named.</summary>
    /// <returns>False when it is known, and then has a further round if it does not work, or there are too many.</returns>
    public bool TryOffer(UdpEndpoint endpoint, MonoTime firstChallenge)
    {
        if (Find(endpoint) is { } known)
        {
            known.HandleNamed(firstChallenge);
            return false;
        }

        if (_paths.Count >= Most)
        {
            return false;
        }

        _paths.Add(new PeerPath(endpoint, KindOf(endpoint), isSeen: false, firstChallenge));
        return true;
    }

    /// <summary>Tries an endpoint that this node knows by itself, not from the peer: at once, and for as long as it takes.</summary>
    public void TryOwn(UdpEndpoint endpoint, MonoTime now)
    {
        TryOffer(endpoint, now);
        if (Find(endpoint) is { } path)
        {
            path.IsOwn = true;
            path.Retry(now);
        }
    }

    /// <summary>Adds an endpoint that packets of the peer came from; one that was seen before and does not work makes room, else one that the peer named and that never answers.</summary>
    /// <remarks>Not one from which the peer challenged a moment ago: endpoints that push each other out never get the answers to what they were asked, and are asked anew for ever.</remarks>
    /// <returns>Null when there is no room.</returns>
    public PeerPath? AddSeen(UdpEndpoint endpoint, PeerPath inUse, PeerPath? doubted, MonoTime now)
    {
        var seen = _paths.FindAll(path => path.IsSeen && path != inUse && path != doubted);
        if (seen.Count >= MostSeen || _paths.Count >= Most)
        {
            var settled = seen.FindAll(path => now - MonoTime.Latest(path.ChallengedAt, path.LastHeard) > Settling);
            var dropped = settled.Find(path => path.State != PathState.Valid) ?? (settled.Count > 0 ? settled[0] : null);
            dropped ??= _paths.Find(path =>
                path != inUse && path != doubted && path.State == PathState.Failed && path.LostRounds >= PathProber.MostRoundsUnanswered);
            if (dropped is null)
            {
                return null;
            }

            _paths.Remove(dropped);
        }

        var path = new PeerPath(endpoint, KindOf(endpoint), isSeen: true, now);
        _paths.Add(path);
        return path;
    }

    /// <summary>Rounds of challenges to all begin.</summary>
    public void Challenge(MonoTime now)
    {
        foreach (var path in _paths)
        {
            path.Challenge(now);
        }
    }

    /// <summary>Direct ways that the peer named and that do not work have one more round.</summary>
    public void RetryDirect(MonoTime now)
    {
        foreach (var path in _paths)
        {
            if (path is { Kind: PathKind.Direct, IsSeen: false })
            {
                path.HandleNamed(now);
            }
        }
    }

    public void Remove(PeerPath path) => _paths.Remove(path);

    /// <summary>The best valid path but for two, to take the place of the latter: direct before relayed, then what has no relay in common with it, then by round trip, IPv6 a little ahead.</summary>
    public PeerPath? Best(PeerPath except, PeerPath? orThis)
    {
        PeerPath? best = null;
        (PathKind Kind, bool SharesRelay, TimeSpan RoundTrip) bestRank = default;
        foreach (var path in _paths)
        {
            if (path == except || path == orThis || path.State != PathState.Valid)
            {
                continue;
            }

            var rank = Rank(path, orThis ?? except);
            if (best is null || rank.CompareTo(bestRank) < 0)
            {
                (best, bestRank) = (path, rank);
            }
        }

        return best;
    }

    /// <summary>A path that works and goes over no relay: the one in use when it is one, else the best other; null when there is none.</summary>
    public PeerPath? Straight(PeerPath inUse) =>
        inUse.Kind != PathKind.Relayed ? inUse : Best(inUse, null) is { Kind: not PathKind.Relayed } other ? other : null;

    /// <summary>Paths that work and are better in kind than the one in use prove themselves as soon as they may be taken, not when they are next in turn.</summary>
    /// <param name="inUse">The path in use.</param>
    /// <param name="doubted">One that has to answer first; null when there is none.</param>
    /// <param name="now">The present.</param>
    public void HurryBetter(PeerPath inUse, PeerPath? doubted, MonoTime now)
    {
        foreach (var path in this)
        {
            if (path.State == PathState.Valid && path.Kind < inUse.Kind && path != doubted)
            {
                path.Postpone(MonoTime.Earliest(path.NextProbe, MonoTime.Latest(now, path.HeldUntil))!.Value);
            }
        }
    }

    private (PathKind Kind, bool SharesRelay, TimeSpan RoundTrip) Rank(PeerPath path, PeerPath replaced) => (
        path.Kind,
        path.Kind == PathKind.Relayed && replaced.Kind == PathKind.Relayed && ShareRelay?.Invoke(path.Endpoint, replaced.Endpoint) == true,
        (path.RoundTrip ?? TimeSpan.MaxValue / 2) - (path.Endpoint.IsIPv4 || RelayedEndpoint.IsReserved(path.Endpoint) ? TimeSpan.Zero : IPv6Advantage));
}
