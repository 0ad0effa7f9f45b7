using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MeshActors.Discovery;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Time;

namespace MeshActors.Peers;

/// <summary>Who can do what, as this node remembers it: asked first, so that most tasks cost the directory nothing.</summary>
/// <remarks>
/// An answer of the directory is used for a lifetime. After that the same question is asked again, once for all who wait.
/// When no backbone answers, what is remembered is used and marked as stale, however old. A peer the directory does not
/// name any more is used for a while unless it is known to be unreachable: a directory just restarted knows nobody. A
/// root key other than the remembered one under the same address is not used while that one is fresh.
/// </remarks>
internal sealed class PeerCache
{
    private readonly PeerCacheSettings _settings;
    private readonly MeshAddress _self;
    private readonly IRandomSource _random;
    private readonly Dictionary<RecordQuestion, LinkedListNode<CachedQuestion>> _questions = [];
    private readonly LinkedList<CachedQuestion> _byUse = new();
    private readonly Dictionary<MeshAddress, CachedPeer> _peers = [];
    private readonly Queue<PeerCacheEvent> _events = new();
    private int _waiting;

    /// <summary>No later than the first deadline of those who wait.</summary>
    private MonoTime? _dueAt;

    public PeerCache(PeerCacheSettings settings, MeshAddress self, IRandomSource random)
    {
        _settings = settings;
        _self = self;
        _random = random;
    }

    /// <summary>Peers remembered.</summary>
    public int Count => _peers.Count;

    /// <summary>When <see cref="HandleTimeout"/> must next be called, or null when nothing is due.</summary>
    public MonoTime? NextTimeout => _waiting == 0 ? null : _dueAt;

    /// <summary>All peers remembered, in order of their addresses.</summary>
    public IEnumerable<CachedPeer> Peers => _peers.Values.OrderBy(peer => peer.Peer.Address);

    /// <summary>Asks for candidates; the answer is an event with <paramref name="token"/>, now or later.</summary>
    public void Ask(long token, RecordQuestion question, ImmutableArray<MeshAddress> exclude, MonoTime now)
    {
        var known = Use(question);
        if (CanAnswer(known, exclude, now))
        {
            Answer(known, token, exclude, stale: !known.IsFresh(_settings.Lifetime, now), now);
            if (known.AnsweredAt + (_settings.Lifetime * 0.8) < now)
            {
                // Nobody shall wait at the end of the lifetime.
                Find(known, now);
            }

            return;
        }

        var wait = known.Named.Count > 0 ? PeerCacheSettings.RememberedWait : PeerCacheSettings.EmptyWait;
        known.WaitingAskers.Add(new CachedQuestion.Waiting(token, exclude, now + wait));
        _waiting++;
        _dueAt = MonoTime.Earliest(_dueAt, now + wait);
        Find(known, now);
    }

    /// <summary>Takes what the directory said, or that it said nothing.</summary>
    public void HandleFound(RecordsFound found, MonoTime now)
    {
        if (!_questions.TryGetValue(found.Question, out var node))
        {
            return;
        }

        var question = node.Value;
        question.InFlight = false;
        if (found.Answered)
        {
            TakeAnswer(question, found, now);
        }
        else
        {
            question.PausedUntil = now + PeerCacheSettings.UnansweredPause;
        }

        foreach (var asker in question.WaitingAskers)
        {
            Answer(question, asker.Token, asker.Exclude, stale: !found.Answered, now);
        }

        _waiting -= question.WaitingAskers.Count;
        question.WaitingAskers.Clear();
    }

    /// <summary>Takes what the actor of an entry knows.</summary>
    public void HandleHealth(PeerHealth health)
    {
        if (!_peers.TryGetValue(health.Peer, out var peer))
        {
            return;
        }

        peer.Health = health;
        if (health.Freshness == PeerFreshness.Forgotten)
        {
            foreach (var question in _byUse)
            {
                Unname(question, question.Named.Where(named => named.Address == health.Peer).ToArray());
            }
        }
    }

    public void HandleSent(MeshAddress peer) => _peers.GetValueOrDefault(peer)?.HandleSent();

    public void HandleEnded(MeshAddress peer, bool refused, MonoTime now) =>
        _peers.GetValueOrDefault(peer)?.HandleEnded(refused, now);

    /// <summary>Answers from memory who has waited long enough.</summary>
    public void HandleTimeout(MonoTime now)
    {
        if (!(now >= _dueAt))
        {
            return;
        }

        _dueAt = null;
        foreach (var question in _byUse.Where(question => question.WaitingAskers.Count > 0))
        {
            foreach (var asker in question.WaitingAskers.Where(asker => asker.Deadline <= now))
            {
                Answer(question, asker.Token, asker.Exclude, stale: true, now);
            }

            _waiting -= question.WaitingAskers.RemoveAll(asker => asker.Deadline <= now);
            foreach (var asker in question.WaitingAskers)
            {
                _dueAt = MonoTime.Earliest(_dueAt, asker.Deadline);
            }
        }
    }

    /// <summary>Takes the next event. Call until it returns false.</summary>
    public bool PollEvent(out PeerCacheEvent? happened) => _events.TryDequeue(out happened);

    private CachedQuestion Use(RecordQuestion question)
    {
        if (_questions.TryGetValue(question, out var node))
        {
            _byUse.Remove(node);
            _byUse.AddFirst(node);
            return node.Value;
        }

        var added = new CachedQuestion(question);
        _questions.Add(question, _byUse.AddFirst(added));
        if (_questions.Count > PeerCacheSettings.MaxQuestions)
        {
            Drop(_byUse.Last!.Value);
        }

        return added;
    }

    private void Drop(CachedQuestion question)
    {
        foreach (var asker in question.WaitingAskers)
        {
            _events.Enqueue(new AnswerDue(asker.Token, new Candidates([], Stale: true, "too many questions at once")));
        }

        _waiting -= question.WaitingAskers.Count;
        Unname(question, [.. question.Named]);
        _questions.Remove(question.Question);
        _byUse.Remove(question);
    }

    /// <summary>True when asking the directory first would bring nothing, or there is no room to wait.</summary>
    private bool CanAnswer(CachedQuestion question, ImmutableArray<MeshAddress> exclude, MonoTime now)
    {
        if (_waiting >= PeerCacheSettings.MaxWaiting || now < question.PausedUntil)
        {
            return true;
        }

        // Whom the asker excludes may be all there were: somebody may have come since.
        return question.IsFresh(_settings.Lifetime, now)
            && (question.Named.Any(named => !exclude.Contains(named.Address))
                || now < question.AnsweredAt + PeerCacheSettings.NegativeLifetime);
    }

    private void Find(CachedQuestion question, MonoTime now)
    {
        if (!question.InFlight && now >= question.PausedUntil)
        {
            question.InFlight = true;
            _events.Enqueue(new QuestionDue(question.Question));
        }
    }

    private void TakeAnswer(CachedQuestion question, RecordsFound found, MonoTime now)
    {
        question.AnsweredAt = now;
        question.Similar = found.Similar;
        var before = question.Named.ToArray();
        question.Named.Clear();
        foreach (var match in found.Matches)
        {
            if (Accept(question.Question, match) is { } accepted)
            {
                question.Named.Add(new CachedQuestion.NamedPeer(accepted, now));
                Name(accepted.Record);
            }
        }

        foreach (var named in before)
        {
            if (IsStillUsed(named, question, now))
            {
                question.Named.Add(named);
                _peers[named.Address].NamedBy++;
            }
        }

        Release(before);
    }

    /// <summary>The match with only what fits the question; null when nothing does, or it cannot be used.</summary>
    private RecordMatch? Accept(RecordQuestion question, RecordMatch match)
    {
        var record = match.Record;
        var fitting = record.Capabilities.RemoveAll(
            offered => offered.Name != question.Capability || !offered.Matches(question.Filter));
        var isConflict = _peers.TryGetValue(record.Peer.Address, out var known)
            && known.Peer.Root != record.Peer.Root
            && known.Health.Freshness == PeerFreshness.Fresh;
        return fitting.IsEmpty || isConflict || record.Peer.Address == _self
            ? null
            : match with { Record = record with { Capabilities = fitting } };
    }

    private bool IsStillUsed(CachedQuestion.NamedPeer named, CachedQuestion question, MonoTime now) =>
        now < named.NamedAt + PeerCacheSettings.UnlistedUse
        && _peers[named.Address].Health.Reachable
        && _peers[named.Address].Peer.Root == named.Match.Record.Peer.Root
        && !question.Named.Any(other => other.Address == named.Address);

    private void Name(NodeRecord record)
    {
        if (!_peers.TryGetValue(record.Peer.Address, out var peer))
        {
            peer = new CachedPeer(record.Peer);
            _peers.Add(record.Peer.Address, peer);
        }

        peer.Peer = record.Peer;
        peer.NamedBy++;
        _events.Enqueue(new PeerNamed(record.Peer));
    }

    private void Unname(CachedQuestion question, CachedQuestion.NamedPeer[] peers)
    {
        question.Named.RemoveAll(named => peers.Contains(named));
        Release(peers);
    }

    private void Release(CachedQuestion.NamedPeer[] peers)
    {
        foreach (var named in peers)
        {
            var peer = _peers[named.Address];
            peer.NamedBy--;
            if (peer.NamedBy == 0)
            {
                _peers.Remove(named.Address);
                _events.Enqueue(new PeerDropped(named.Address));
            }
        }
    }

    private void Answer(
        CachedQuestion question, long token, ImmutableArray<MeshAddress> exclude, bool stale, MonoTime now)
    {
        var peers = question.Named
            .Where(named => !exclude.Contains(named.Address)
                && _peers[named.Address].Peer.Root == named.Match.Record.Peer.Root)
            .Select(named => ToRanked(named, question, now))
            .ToArray();
        var ranked = PeerRanking.Rank(peers, _random);
        if (!ranked.IsEmpty)
        {
            _peers[ranked[0].Peer.Address].HandleHandedOut(now);
        }

        var hint = ranked.IsEmpty ? CandidateHint.For(question.Question, question.Similar, stale, exclude.Length) : null;
        _events.Enqueue(new AnswerDue(token, new Candidates(ranked, stale, hint)));
    }

    private RankedPeer ToRanked(CachedQuestion.NamedPeer named, CachedQuestion question, MonoTime now)
    {
        var peer = _peers[named.Address];
        var standing = !peer.Health.Reachable ? PeerStanding.Unreachable
            : now < peer.BusyUntil ? PeerStanding.Busy
            : named.NamedAt == question.AnsweredAt ? PeerStanding.Listed
            : PeerStanding.Remembered;
        var candidate = new PeerCandidate(
            peer.Peer,
            named.Match.Record.Region,
            named.Match.Record.Capabilities,
            named.Match.Uptime,
            peer.Health.Latency,
            peer.Running,
            peer.Health.Reachable);
        return new RankedPeer(candidate, standing, peer.Load(now));
    }
}
