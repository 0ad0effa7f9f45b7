using System;
using System.Diagnostics.CodeAnalysis;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Paths;

/// <summary>Says which paths of a peer are challenged and when.</summary>
/// <remarks>
/// Challenged are: what is not known yet; every path whose round is under way; the standby, now and then; paths that failed, when the one in use is of a worse kind or
/// there is no standby. The path in use proves itself by what it carries. An endpoint that the peer did not name gets no more challenges than datagrams came from there, which pay for them; all others that never
/// answered have a budget in common.
/// </remarks>
internal sealed class PathProber
{
    /// <summary>Rounds of challenges to an endpoint that never answered, until the peer challenges from there.</summary>
    public const int MostRoundsUnanswered = 3;

    private readonly PeerPaths _paths;
    private readonly IRandomSource _random;
    private readonly ProbeBudget _budget = new();

    /// <summary>How long a challenge to a new endpoint waits before it is looked again whether it may go out.</summary>
    private static readonly TimeSpan HeldWait = TimeSpan.FromMilliseconds(100);

    public PathProber(PeerPaths paths, IRandomSource random)
    {
        _paths = paths;
        _random = random;
    }

    /// <summary>Whether new endpoints may be sent to.</summary>
    public NewEndpoints NewEndpoints { get; set; } = new();

    /// <summary>When <see cref="Poll"/> has something to hand out.</summary>
    public MonoTime? NextTimeout(PeerPath inUse, PeerPath? doubted)
    {
        var standby = _paths.Best(inUse, doubted);
        MonoTime? next = null;
        foreach (var path in _paths)
        {
            next = IsTried(path, inUse, standby) ? MonoTime.Earliest(next, path.NextProbe) : next;
        }

        return next;
    }

    /// <summary>Hands out the next challenge.</summary>
    /// <param name="inUse">The path that packets go on.</param>
    /// <param name="doubted">One that is not to take its place.</param>
    /// <param name="to">Where it goes.</param>
    /// <param name="token">What it carries.</param>
    /// <param name="isFull">True when it is to fill a datagram of the base size: a path that swallows those is no path.</param>
    /// <param name="now">The present.</param>
    /// <returns>False when none is due.</returns>
    public bool Poll(
        PeerPath inUse, PeerPath? doubted, out UdpEndpoint to, out ulong token, out bool isFull, MonoTime now)
    {
        while (TryFindDue(inUse, doubted, out var path, now))
        {
            if (path.IsRoundLost(now))
            {
                path.Fail(now);
                if (path.IsSeen && path != inUse)
                {
                    _paths.Remove(path);
                }
            }
            else if (!path.WasSentTo && !path.IsUnproven && now < NewEndpoints.HeldUntil)
            {
                path.Postpone(now + HeldWait);
            }
            else if (!path.WasValid && !path.IsUnproven && !_budget.TryTake(now))
            {
                path.Postpone(_budget.NextRoom(now));
            }
            else
            {
                isFull = path.WasValid;
                to = path.Endpoint;
                token = Draw(path, now);
                return true;
            }
        }

        (to, token, isFull) = (default, 0, false);
        return false;
    }

    /// <summary>A challenge to a path, which goes out now.</summary>
    public ulong Draw(PeerPath path, MonoTime now)
    {
        var token = _random.NextUInt64() | 1;
        path.HandleSent(token, now);
        return token;
    }

    private bool TryFindDue(PeerPath inUse, PeerPath? doubted, [NotNullWhen(true)] out PeerPath? due, MonoTime now)
    {
        var standby = _paths.Best(inUse, doubted);
        foreach (var path in _paths)
        {
            if (path.NextProbe <= now && IsTried(path, inUse, standby))
            {
                due = path;
                return true;
            }
        }

        due = null;
        return false;
    }

    private static bool IsTried(PeerPath path, PeerPath inUse, PeerPath? standby) =>
        path.IsUnproven ? path.Credit > 0
        : path.IsInRound
        || path.State == PathState.Probing
        || path == standby
        || (path.State == PathState.Failed
            && path != inUse
            && (path.Kind < inUse.Kind || standby is null)
            && (path.WasValid || path.IsOwn || path.LostRounds < MostRoundsUnanswered));
}
