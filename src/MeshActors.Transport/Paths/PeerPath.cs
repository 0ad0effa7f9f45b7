using System;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Paths;

/// <summary>One way to a peer: an endpoint, whether challenges sent there were answered, and how fast.</summary>
/// <remarks>
/// A round of challenges: five, 100, 200, 400 and 800 ms apart, on a path with long round trips at least five quarters of one. An answer to any of the last
/// eight ends it. A path whose round has no answer has failed and is tried again after a second, then after twice as long each time, up to a minute.
/// </remarks>
internal sealed class PeerPath
{
    /// <summary>Challenges of one round.</summary>
    public const int RoundChallenges = 5;

    private const int Remembered = 8;

    /// <summary>Until the second challenge of a round; doubles for each further one.</summary>
    private static readonly TimeSpan FirstGap = TimeSpan.FromMilliseconds(100);


    private static readonly TimeSpan LeastAdvantage = TimeSpan.FromMilliseconds(3);
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(1);

    private (ulong Token, MonoTime SentAt)[] _challenges = [];
    private static readonly TimeSpan FirstHold = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RelapseTime = TimeSpan.FromSeconds(10);
    private static readonly MonoTime LongAgo = new(long.MinValue / 2);

    private int _sentInRound;
    private long _sent;
    private MonoTime _sentAt = LongAgo;
    private TimeSpan _retry = FirstRetry;
    private TimeSpan _hold = FirstHold;
    private MonoTime _usedSince = LongAgo;
    private bool _carries;

    public PeerPath(UdpEndpoint endpoint, PathKind kind, bool isSeen, MonoTime nextProbe)
    {
        Endpoint = endpoint;
        Kind = kind;
        IsSeen = isSeen;
        NextProbe = nextProbe;
    }

    public UdpEndpoint Endpoint { get; }

    public PathKind Kind { get; }

    /// <summary>True when the peer did not name it: a challenge came from there.</summary>
    public bool IsSeen { get; private set; }

    public PathState State { get; private set; }

    /// <summary>Smoothed over challenges; null before the first answer.</summary>
    public TimeSpan? RoundTrip { get; private set; }

    /// <summary>True when a challenge was ever answered here, or a handshake completed: full datagrams may go there.</summary>
    public bool WasValid { get; private set; }

    /// <summary>True when this node knows it by itself: nobody else said that challenges should go there, so they may go on for ever.</summary>
    public bool IsOwn { get; set; }

    /// <summary>Rounds without an answer since it was last valid, or since the peer challenged from there.</summary>
    public int LostRounds { get; private set; }

    /// <summary>Challenges that may go to an endpoint that the peer did not name and that never answered: one for each datagram of that size that came from there.</summary>
    public int Credit { get; private set; }

    /// <summary>True while it is an endpoint that the peer did not name and that never answered.</summary>
    public bool IsUnproven => IsSeen && !WasValid;

    /// <summary>
    /// True when the first challenges to it, which leave as they are paid for, brought nothing: two sides that answer every challenge by another one have more under way than they remember, and know no answer.
    /// </summary>
    private bool KeepsDistance => IsUnproven && _sent >= RoundChallenges;

    /// <summary>When the peer last challenged from there.</summary>
    public MonoTime ChallengedAt { get; private set; } = LongAgo;

    /// <summary>It is not used before then unless nothing else works: it carried challenges, and packets not.</summary>
    public MonoTime HeldUntil { get; private set; } = LongAgo;

    /// <summary>Answers in a row that came in time.</summary>
    public int Answers { get; private set; }

    /// <summary>Answers in a row that made it better than the path in use.</summary>
    public int Better { get; private set; }

    /// <summary>When the last authenticated packet came by this path.</summary>
    public MonoTime LastHeard { get; set; } = LongAgo;

    /// <summary>When there was the last sign that it works: a packet of the peer, or that one of this node arrived.</summary>
    public MonoTime LastSign => MonoTime.Latest(LastHeard, ProvenAt);

    /// <summary>True when something was sent there: a NAT before this node has a mapping for it.</summary>
    public bool WasSentTo => _sent > 0 || WasValid;

    /// <summary>True while challenges are under way.</summary>
    public bool IsInRound { get; private set; }

    /// <summary>When the next challenge is due.</summary>
    public MonoTime NextProbe { get; private set; }

    /// <summary>It carries packets because a handshake was completed over it, or because a challenge was answered.</summary>
    public void MakeValid(MonoTime now, TimeSpan interval)
    {
        Validate(now, interval);
    }

    /// <summary>The peer named it, perhaps not for the first time: unless it works it has one more round.</summary>
    public void HandleNamed(MonoTime at)
    {
        IsSeen = false;
        if (State == PathState.Failed && !IsInRound)
        {
            Retry(at);
        }
    }

    /// <summary>The peer challenged from there.</summary>
    public void HandleChallenged(MonoTime now)
    {
        ChallengedAt = now;
        LostRounds = 0;
        Credit = Math.Min(Credit + 1, RoundChallenges);
        if (IsUnproven ? !KeepsDistance : State != PathState.Valid && IsInRound && now - _sentAt >= FirstGap)
        {
            // What was sent before the peer could send this may have been lost on a way that is open now.
            _sentInRound = 0;
            NextProbe = now;
        }
    }

    /// <summary>It is the path in use from now on.</summary>
    public void HandleUsed(MonoTime now)
    {
        Better = 0;
        _carries = false;
        _usedSince = now;
    }

    /// <summary>Whether nothing came back in the round trip, or more, since it was taken.</summary>
    public bool IsSilentSinceUsed(MonoTime now) => LastSign <= _usedSince && now - _usedSince > (RoundTrip ?? TimeSpan.Zero);

    /// <summary>When the last proof came that packets get there: an answer to a challenge, or an acknowledgement while it was in use.</summary>
    public MonoTime ProvenAt { get; private set; } = LongAgo;

    /// <summary>Packets of this path were acknowledged, the last time then.</summary>
    public void HandleAnswered(MonoTime at)
    {
        _carries |= at > _usedSince;
        ProvenAt = MonoTime.Latest(ProvenAt, at);
    }

    /// <summary>
    /// Nothing came back while it was in use. When it carried nothing since it was taken again, not long ago, it lets challenges through and no packets: it is held back for a while, longer each time.
    /// </summary>
    public void HandleDoubted(MonoTime now)
    {
        if (_carries || now - _usedSince > RelapseTime)
        {
            _hold = FirstHold;
            return;
        }

        HeldUntil = now + _hold;
        _hold = 2 * _hold < LongestRetry ? 2 * _hold : LongestRetry;
    }

    /// <summary>An answer came while another path of its kind is in use: answers in a row that make it faster are counted in <see cref="Better"/>.</summary>
    /// <param name="inUse">The path in use.</param>
    /// <param name="roundTripInUse">As acknowledgements measured that one: with the peer's delay of them, by which two equal paths would take turns for ever. So it must be slower by its own challenges too.</param>
    /// <param name="now">The present.</param>
    public void Compare(PeerPath inUse, TimeSpan roundTripInUse, MonoTime now)
    {
        var isFaster = IsFasterThan(roundTripInUse);
        if (isFaster && !IsFasterThan(inUse.RoundTrip ?? roundTripInUse))
        {
            isFaster = false;
            inUse.Challenge(now);
        }

        Better = isFaster ? Better + 1 : 0;
    }

    /// <summary>Whether it is faster by a tenth and 3 ms.</summary>
    private bool IsFasterThan(TimeSpan roundTripInUse) =>
        RoundTrip is { } roundTrip && roundTrip + LeastAdvantage < roundTripInUse && roundTrip < roundTripInUse * 0.9;

    /// <summary>A round of challenges begins; one under way goes on.</summary>
    public void Challenge(MonoTime now)
    {
        if (!IsInRound)
        {
            State = State == PathState.Failed ? PathState.Probing : State;
            IsInRound = true;
            NextProbe = KeepsDistance ? NextProbe : now;
        }
    }

    /// <summary>Something has changed that may let it work now: a round begins anew unless it works.</summary>
    public void Retry(MonoTime now)
    {
        if (State != PathState.Valid || IsInRound)
        {
            State = State == PathState.Failed ? PathState.Probing : State;
            EndRound(now);
            IsInRound = true;
        }
    }

    /// <summary>The challenge that was due goes out.</summary>
    /// <param name="token">What it carries.</param>
    /// <param name="now">The present.</param>
    public void HandleSent(ulong token, MonoTime now)
    {
        State = State == PathState.Failed ? PathState.Probing : State;
        IsInRound = !IsUnproven;
        Credit = Math.Max(0, Credit - 1);
        if (_challenges.Length == 0)
        {
            _challenges = new (ulong Token, MonoTime SentAt)[Remembered];
        }

        _challenges[_sent++ % Remembered] = (token, now);
        _sentAt = now;
        var gap = FirstGap * (1 << Math.Min(_sentInRound++, 3));
        var least = RoundTrip * 5 / 4 ?? TimeSpan.Zero;
        NextProbe = now + (gap > least ? gap : least);
    }

    /// <summary>The challenge that was due may not go out before then.</summary>
    public void Postpone(MonoTime until) => NextProbe = until;

    /// <summary>True when the round under way has had all its challenges and the time of the last is over.</summary>
    public bool IsRoundLost(MonoTime now) => _sentInRound >= RoundChallenges && now >= NextProbe;

    /// <summary>An answer came.</summary>
    /// <returns>False when it answers none of the last challenges of this path; else the path is valid.</returns>
    public bool HandleAnswer(ulong token, TimeSpan interval, MonoTime now)
    {
        foreach (ref var challenge in _challenges.AsSpan())
        {
            if (token == 0 || challenge.Token != token)
            {
                continue;
            }

            var sample = now - challenge.SentAt;
            challenge.Token = 0;
            RoundTrip = RoundTrip is { } before ? ((3 * before) + sample) / 4 : sample;
            Answers++;
            ProvenAt = now;
            Validate(now, interval);
            return true;
        }

        return false;
    }

    /// <summary>Nothing came back.</summary>
    public void Fail(MonoTime now)
    {
        State = PathState.Failed;
        Answers = 0;
        Better = 0;
        LostRounds++;
        EndRound(now + _retry);
        _retry = 2 * _retry < LongestRetry ? 2 * _retry : LongestRetry;
    }

    private void Validate(MonoTime now, TimeSpan interval)
    {
        State = PathState.Valid;
        WasValid = true;
        LostRounds = 0;
        LastHeard = now;
        _retry = FirstRetry;
        EndRound(now + interval);
    }

    private void EndRound(MonoTime nextProbe)
    {
        IsInRound = false;
        _sentInRound = 0;
        NextProbe = nextProbe;
    }
}
