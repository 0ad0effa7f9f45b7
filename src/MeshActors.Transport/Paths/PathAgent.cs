using System;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Time;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Paths;

/// <summary>The ways to one peer: which are tried, which work, and which one is in use.</summary>
/// <remarks>
/// <para>A path works when a challenge that went there alone came back. A path replaces the one in use when it is direct and that is relayed, after two answers, or when
/// its round trip is a tenth and 3 ms shorter in three answers in a row; never because the peer does so.</para>
/// <para>The path in use is <em>doubted</em> when its owner says that nothing comes back: the best other valid path takes its place at once, and an answer
/// within the given time gives it back, unless the other is of a better kind. What died may have taken that one along, so whichever answers first after the doubt takes its place. Without another path all that are known are challenged, and the first that answers is used.</para>
/// <para>After every input the owner polls challenges and answers until there are none, looks at <see cref="Active"/>, and arms a timer for <see cref="NextTimeout"/>.</para>
/// </remarks>
internal sealed class PathAgent
{
    private const int AnswersToPromote = 2;
    private const int AnswersToPrefer = 3;

    /// <summary>Between the first challenges of candidates that came together.</summary>
    private static readonly TimeSpan Stagger = TimeSpan.FromMilliseconds(5);

    /// <summary>Between rounds to all known paths while none works.</summary>
    private static readonly TimeSpan SearchInterval = TimeSpan.FromMilliseconds(800);

    private readonly TimeSpan _standbyInterval;
    private readonly PathProber _prober;
    private readonly PeerPaths _paths = new();
    private readonly OwedAnswers _owed = new();
    private PeerPath _acksTo;
    private PeerPath? _doubted;
    private bool _mayDoubtBySilence = true;
    private MonoTime _doubtedAt;
    private MonoTime _doubtedUntil;

    /// <param name="first">Where the handshake was completed.</param>
    /// <param name="standbyInterval">How often the best path that is not in use is challenged.</param>
    /// <param name="random">Tokens.</param>
    /// <param name="now">The present.</param>
    public PathAgent(UdpEndpoint first, TimeSpan standbyInterval, IRandomSource random, MonoTime now)
    {
        _standbyInterval = standbyInterval;
        _prober = new PathProber(_paths, random);
        Active = _paths.AddFirst(first, now);
        Active.MakeValid(now, standbyInterval);
        _acksTo = Active;
    }

    /// <summary>The path that packets are to be sent on.</summary>
    public PeerPath Active { get; private set; }

    /// <summary>The valid path by which the newest content came: acknowledgements alone go there.</summary>
    public PeerPath AcksTo => _acksTo.State == PathState.Valid && _acksTo != _doubted ? _acksTo : Active;

    /// <summary>The best valid path that is not in use, null when there is none.</summary>
    public PeerPath? Standby => _paths.Best(Active, _doubted);

    /// <summary>True while the path in use, or the one before, may have died and has not answered yet.</summary>
    public bool IsInDoubt => _doubted is not null;

    /// <summary>True when the path in use took the place of one that may have died with what was on the way; false when it is just the better one.</summary>
    public bool ReplacesSilent { get; private set; }

    /// <summary>Whether new endpoints may be sent to.</summary>
    public NewEndpoints NewEndpoints { set => _prober.NewEndpoints = value; }

    /// <summary>True when answers are owed.</summary>
    public bool HasOwed => _owed.HasAny;

    /// <summary>Changes of the path in use.</summary>
    public int Switches { get; private set; }

    public PeerPaths Paths => _paths;

    /// <summary>When challenges are due or a doubt ends.</summary>
    public MonoTime? NextTimeout => MonoTime.Earliest(
        _doubted is null ? null : _doubtedUntil, IsSettled ? null : _prober.NextTimeout(Active, _doubted));

    /// <summary>True when there is nothing to challenge: one path, and that works.</summary>
    public bool IsSettled => _paths.Count == 1 && !IsInDoubt && !Active.IsInRound;

    /// <summary>Takes endpoints where the peer may be; those known already have one more round of challenges unless they work.</summary>
    public void Offer(ReadOnlySpan<UdpEndpoint> endpoints, MonoTime now)
    {
        var at = now;
        foreach (var endpoint in endpoints)
        {
            at += _paths.TryOffer(endpoint, at) ? Stagger : TimeSpan.Zero;
        }
    }

    /// <summary>A handshake was completed over an endpoint that both sides sent to.</summary>
    public void HandleHandshake(UdpEndpoint endpoint, MonoTime now)
    {
        var path = _paths.Find(endpoint) ?? _paths.AddSeen(endpoint, Active, _doubted, now);
        path?.MakeValid(now, _standbyInterval);
        if (path is not null && (IsInDoubt || Active.State != PathState.Valid))
        {
            _doubted = null;
            Use(path, now);
        }
    }

    /// <summary>The tunnel had failed, and a handshake over an endpoint brought it back: all other paths have to prove themselves anew.</summary>
    public void HandleReopened(UdpEndpoint endpoint, MonoTime now)
    {
        foreach (var path in _paths)
        {
            path.Fail(now);
        }

        HandleHandshake(endpoint, now);
        _paths.Challenge(now);
    }

    /// <summary>An authenticated packet came, for the first time.</summary>
    /// <param name="from">Its source.</param>
    /// <param name="freshness">How new it was: only what asks for an acknowledgement tells which way the peer sends, since acknowledgements alone follow this node's content.</param>
    /// <param name="mayAnswer">Whether it was as long as a challenge: then one may go to where it came from.</param>
    /// <param name="silence">How long the path in use may be silent, and nothing sent there acknowledged, while others are not.</param>
    /// <param name="now">The present.</param>
    public void HandleHeard(UdpEndpoint from, PacketFreshness freshness, bool mayAnswer, TimeSpan silence, MonoTime now)
    {
        var hasContent = freshness == PacketFreshness.NewestContent;
        if (from == Active.Endpoint)
        {
            Active.LastHeard = now;
            _acksTo = hasContent ? Active : _acksTo;
            _mayDoubtBySilence |= hasContent;
            return;
        }

        var path = _paths.Find(from);
        if (path is not { State: PathState.Valid })
        {
            // The peer, or a NAT before it, has moved: nothing goes there before a challenge was answered.
            mayAnswer &= freshness != PacketFreshness.Late;
            path ??= mayAnswer ? _paths.AddSeen(from, Active, _doubted, now) : null;
            if (mayAnswer && path is not null)
            {
                path.HandleChallenged(now);
                path.Challenge(now);
            }

            return;
        }

        path.LastHeard = now;
        _acksTo = hasContent ? path : _acksTo;
        if (!hasContent || IsInDoubt || now - Active.LastSign <= silence)
        {
            return;
        }

        if (path.Kind <= Active.Kind)
        {
            Use(path, now);
        }
        else if (_mayDoubtBySilence)
        {
            _mayDoubtBySilence = false;
            Doubt(silence, now, standIn: path);
        }
    }

    /// <summary>A challenge came: it is answered, and an endpoint that nobody knew is challenged in turn.</summary>
    public void HandleChallenge(UdpEndpoint from, ulong token, MonoTime now)
    {
        _owed.Add(from, token);
        // An answer may be all that the datagram pays for: the challenge goes with it.
        var path = _paths.Find(from) ?? _paths.AddSeen(from, Active, _doubted, now);
        path?.HandleChallenged(now);
        if (path is { State: not PathState.Valid })
        {
            path.Challenge(now);
        }
    }

    /// <summary>A datagram of the peer came from an endpoint outside of any session: it is challenged, unless a direct path works already.</summary>
    public void HandlePunched(UdpEndpoint from, MonoTime now)
    {
        // Ports that were guessed together die together: two of them are no more than one.
        var path = _paths.HasDirect ? null : _paths.Find(from) ?? _paths.AddSeen(from, Active, _doubted, now);
        if (path is { State: not PathState.Valid })
        {
            path.HandleChallenged(now);
            path.Challenge(now);
        }
    }

    /// <summary>An answer came, from wherever.</summary>
    /// <returns>False when it answers nothing.</returns>
    public bool HandleAnswer(ulong token, TimeSpan roundTripInUse, MonoTime now)
    {
        foreach (var path in _paths)
        {
            var isNew = !path.WasValid;
            if (path.HandleAnswer(token, _standbyInterval, now))
            {
                Judge(path, isNew, roundTripInUse, now);
                return true;
            }
        }

        return false;
    }

    /// <summary>Nothing comes back on the path in use.</summary>
    /// <param name="grace">How long it has to answer before it counts as failed.</param>
    /// <param name="now">The present.</param>
    /// <param name="standIn">The path that is known to work because the peer uses it; null for the best.</param>
    public void Doubt(TimeSpan grace, MonoTime now, PeerPath? standIn = null)
    {
        if (IsInDoubt)
        {
            return;
        }

        _doubted = Active;
        _doubtedAt = now;
        _doubtedUntil = now + grace;
        Active.HandleDoubted(now);
        _paths.Challenge(now);
        if ((standIn ?? Standby) is { } standby)
        {
            Use(standby, now);
        }
    }

    /// <summary>This node's own address may have changed: every path is challenged at once.</summary>
    public void HandleNetworkChanged(TimeSpan grace, MonoTime now)
    {
        Doubt(grace, now);
        _paths.Challenge(now);
    }

    /// <inheritdoc cref="PathProber.Poll"/>
    public bool PollChallenge(out UdpEndpoint to, out ulong token, out bool isFull, MonoTime now) =>
        _prober.Poll(Active, _doubted, out to, out token, out isFull, now);

    /// <summary>Hands out the next answer that is owed.</summary>
    /// <param name="to">Where it goes.</param>
    /// <param name="token">What it repeats.</param>
    /// <param name="challenge">A challenge that goes with it, to an endpoint that has not proved itself; null when there is none.</param>
    /// <param name="now">The present.</param>
    public bool PollAnswer(out UdpEndpoint to, out ulong token, out ulong? challenge, MonoTime now)
    {
        var has = _owed.TryTake(out to, out token);
        challenge = has && _paths.Find(to) is { IsUnproven: true, Credit: > 0 } path && path.NextProbe <= now ? _prober.Draw(path, now) : null;
        return has;
    }

    public void HandleTimeout(MonoTime now)
    {
        if (_doubted is { } doubted && now >= _doubtedUntil)
        {
            if (Active == doubted && Standby is { } standby)
            {
                Use(standby, now);
            }

            if (Active != doubted)
            {
                _doubted = null;
                doubted.Fail(now);
            }
            else
            {
                _doubtedUntil = now + SearchInterval;
                _paths.Challenge(now);
            }
        }
    }

    private void Judge(PeerPath path, bool isNew, TimeSpan roundTripInUse, MonoTime now)
    {
        if (path == _doubted)
        {
            _doubted = null;
            if (path.Kind <= Active.Kind && now >= path.HeldUntil)
            {
                Use(path, now, Active.IsSilentSinceUsed(now));
            }

            _paths.HurryBetter(Active, null, now);
        }
        else if (path == Active)
        {
            return;
        }
        else if (_doubted == Active
            || Active.State != PathState.Valid
            || (IsInDoubt && Active.ProvenAt <= _doubtedAt)
            || (isNew && HasPeerMovedTo(path, roundTripInUse)))
        {
            Use(path, now);
        }
        else if (now < path.HeldUntil)
        {
            path.Postpone(MonoTime.Earliest(path.NextProbe, path.HeldUntil)!.Value);
        }
        else if (path.Kind < Active.Kind)
        {
            Decide(path, path.Answers >= AnswersToPromote, now);
        }
        else if (path.Kind == Active.Kind)
        {
            path.Compare(Active, roundTripInUse, now);
            if (path.Better > 0)
            {
                Decide(path, path.Better >= AnswersToPrefer, now);
            }
        }
    }

    private void Decide(PeerPath path, bool isDecided, MonoTime now)
    {
        if (isDecided)
        {
            Use(path, now, replacesSilent: false);
        }
        else
        {
            path.Challenge(now);
        }
    }

    /// <summary>A path that is no worse and never worked before, from which the peer challenged a round trip after it had last sent anything by the path in use.</summary>
    private bool HasPeerMovedTo(PeerPath path, TimeSpan roundTripInUse) =>
        path.Kind == Active.Kind && path.ChallengedAt > Active.LastHeard + roundTripInUse;

    private void Use(PeerPath path, MonoTime now, bool replacesSilent = true)
    {
        if (path == Active)
        {
            return;
        }

        // By a path that works the peer may still send, and measures it by acknowledgements that come back there.
        _acksTo = replacesSilent ? path : AcksTo;
        path.HandleUsed(now);
        Active = path;
        ReplacesSilent = replacesSilent;
        Switches++;
        _paths.HurryBetter(path, _doubted, now);
    }
}
