using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Diagnostics;
using MeshActors.Transport.Time;

namespace MeshActors.Tasks;

/// <summary>One task as its caller sees it: whom to ask, when to ask another, when to give up.</summary>
/// <remarks>
/// It ends exactly once, by its deadline at the latest. A task that is not idempotent is given to a second peer only when
/// the first provably never began it: no tunnel, nothing arrived, or a refusal before the start. Once the caller has taken
/// a part, no other attempt can continue the stream. Candidates are tried in the order given, each once; then, after a
/// wait, all again. The owner passes inputs in, does what <see cref="PollAction"/> asks for until it asks for nothing, then
/// arms one timer for <see cref="NextTimeout"/>.
/// </remarks>
internal sealed class TaskCall
{
    private readonly TaskCallSettings _settings;
    private readonly Backoff _backoff;
    private readonly MonoTime _deadline;
    private readonly MonoTime _noPeersUntil;
    private readonly bool _idempotent;
    private readonly TaskAttempts _attempts = new();
    private readonly HashSet<MeshAddress> _tried = [];
    private readonly Queue<TaskCallAction> _actions = new();
    private MonoTime? _searchUntil;
    private MonoTime? _waitUntil;
    private bool _directoryFailed;

    /// <param name="settings">Waits and bounds.</param>
    /// <param name="idempotent">Whether running it twice does no harm.</param>
    /// <param name="deadline">When the task ends at the latest.</param>
    /// <param name="random">Jitter of the waits.</param>
    /// <param name="now">The time of the call.</param>
    public TaskCall(
        TaskCallSettings settings, bool idempotent, MonoTime deadline, IRandomSource random, MonoTime now)
    {
        _settings = settings;
        _idempotent = idempotent;
        _deadline = deadline;
        _backoff = new Backoff(settings.FirstDelay, settings.LargestDelay, random);
        var patience = TimeSpan.FromTicks(Math.Min(settings.NoPeersPatience.Ticks, (deadline - now).Ticks / 2));
        _noPeersUntil = now + patience;
        Search(now);
    }

    /// <summary>Every attempt so far, at most <see cref="TaskCallSettings.MaxAttempts"/>.</summary>
    public IReadOnlyList<TaskAttempt> Attempts => _attempts.All;

    /// <summary>Peers of this round.</summary>
    public IReadOnlyCollection<MeshAddress> Tried => _tried;

    /// <summary>How the task ended; null while it goes on.</summary>
    public TaskCallOutcome? Outcome { get; private set; }

    /// <summary>When <see cref="HandleTimeout"/> must next be called; null when the task has ended.</summary>
    public MonoTime? NextTimeout
    {
        get
        {
            var next = MonoTime.Earliest(_deadline, MonoTime.Earliest(_searchUntil, _waitUntil));
            return Outcome is null ? MonoTime.Earliest(next, _attempts.NextOpenTimeout) : null;
        }
    }

    /// <summary>Takes the next thing to do. Call until it returns false.</summary>
    public bool PollAction(out TaskCallAction action) => _actions.TryDequeue(out action);

    /// <summary>The peer cache named candidates, best first; none when nobody offers the capability.</summary>
    public void HandleCandidates(IReadOnlyList<MeshAddress> ranked, MonoTime now)
    {
        if (Outcome is not null || _searchUntil is null)
        {
            return;
        }

        _searchUntil = null;
        _directoryFailed = false;
        foreach (var peer in ranked)
        {
            if (!_tried.Contains(peer))
            {
                Start(peer, now);
                return;
            }
        }

        if (ranked.Count == 0 && _attempts.All.Count == 0 && now >= _noPeersUntil)
        {
            End(new TaskCallOutcome(MeshErrorCode.NoPeers), now);
            return;
        }

        WaitForNextRound(now);
    }

    /// <summary>No backbone answered, and the peer cache remembers nobody.</summary>
    public void HandleCandidatesFailed(MonoTime now)
    {
        if (Outcome is null && _searchUntil is not null)
        {
            _searchUntil = null;
            _directoryFailed = true;
            WaitForNextRound(now);
        }
    }

    /// <summary>The request was handed to the peer's tunnel.</summary>
    public void HandleSent(int attempt)
    {
        if (TryGetActive(attempt, out var found) && found.State == TaskAttemptState.Opening)
        {
            found.State = TaskAttemptState.Sent;
        }
    }

    /// <summary>The peer's agent began.</summary>
    public void HandleStarted(int attempt)
    {
        if (TryGetActive(attempt, out var found))
        {
            found.State = TaskAttemptState.Started;
        }
    }

    /// <summary>A part of a streamed result arrived.</summary>
    /// <returns>False when the caller must not have it: it takes parts from another attempt.</returns>
    public bool HandlePart(int attempt, MonoTime now)
    {
        if (!TryGetActive(attempt, out var found) || _attempts.HasParts(except: found))
        {
            return false;
        }

        found.State = TaskAttemptState.Started;
        found.Parts++;
        Abandon(except: attempt, TaskStreamCode.Cancelled);
        _searchUntil = null;
        _waitUntil = null;
        return true;
    }

    /// <summary>The peer's agent has done the task.</summary>
    /// <returns>True when its result is the task's.</returns>
    public bool HandleCompleted(int attempt, MonoTime now)
    {
        if (!TryGetActive(attempt, out var found))
        {
            return false;
        }

        found.State = TaskAttemptState.Completed;
        End(new TaskCallOutcome(Code: null, attempt), now);
        return true;
    }

    /// <summary>The peer says how the task failed there.</summary>
    /// <param name="attempt">Which attempt.</param>
    /// <param name="failure">What it said.</param>
    /// <param name="notStarted">True when no agent began.</param>
    /// <param name="now">The time.</param>
    public void HandleFailed(int attempt, TaskFailure failure, bool notStarted, MonoTime now)
    {
        if (!TryGetActive(attempt, out var found))
        {
            return;
        }

        // A refusal after the start is a contradiction: the start is what counts.
        notStarted = notStarted && found.State != TaskAttemptState.Started;
        found.State = notStarted ? TaskAttemptState.Refused : TaskAttemptState.Failed;
        found.Failure = failure;
        if (failure.FinalCode(notStarted) is { } code)
        {
            End(new TaskCallOutcome(code, attempt, failure), now);
        }
        else
        {
            TryNext(found, provablyNotBegun: notStarted, now);
        }
    }

    /// <summary>The attempt's stream ended without an outcome, or its tunnel did not open.</summary>
    public void HandleLost(int attempt, bool mayHaveArrived, MonoTime now)
    {
        if (!TryGetActive(attempt, out var found))
        {
            return;
        }

        var notReached = !mayHaveArrived && found.State != TaskAttemptState.Started;
        found.State = notReached ? TaskAttemptState.NotReached : TaskAttemptState.Lost;
        TryNext(found, provablyNotBegun: notReached, now);
    }

    /// <summary>The attempt's tunnel has failed; its stream waits. An idempotent task is given to another peer meanwhile.</summary>
    public void HandleSuspected(int attempt, MonoTime now)
    {
        if (!TryGetActive(attempt, out var found) || found.State == TaskAttemptState.Opening || found.Suspected)
        {
            return;
        }

        found.Suspected = true;
        if (_idempotent && found.Parts == 0 && _attempts.Active < _settings.MaxParallelAttempts)
        {
            Search(now);
        }
    }

    /// <summary>The attempt's tunnel is open again.</summary>
    public void HandleRecovered(int attempt)
    {
        if (TryGetActive(attempt, out var found))
        {
            found.Suspected = false;
        }
    }

    /// <summary>The caller wants the task no more.</summary>
    public void HandleCancel(MonoTime now) => End(new TaskCallOutcome(MeshErrorCode.Cancelled), now);

    /// <summary>The payload was refused before it was sent, or a result after it had come.</summary>
    public void HandleViolation(int attempt, TaskFailure failure, MonoTime now) =>
        End(new TaskCallOutcome(MeshErrorCode.SchemaViolation, attempt, failure), now);

    public void HandleTimeout(MonoTime now)
    {
        if (Outcome is not null)
        {
            return;
        }

        if (now >= _deadline)
        {
            End(new TaskCallOutcome(_attempts.CodeAtTheEnd(_idempotent, _directoryFailed)), now);
            return;
        }

        for (var number = 0; number < _attempts.All.Count; number++)
        {
            var attempt = _attempts.All[number];
            if (attempt.State == TaskAttemptState.Opening && now >= attempt.OpenUntil)
            {
                _actions.Enqueue(new(TaskCallActionKind.AbandonAttempt, number, Code: TaskStreamCode.Cancelled));
                HandleLost(number, mayHaveArrived: false, now);
            }
        }

        if (now >= _searchUntil)
        {
            HandleCandidatesFailed(now);
        }

        if (now >= _waitUntil)
        {
            _waitUntil = null;
            Search(now);
        }
    }

    private void Start(MeshAddress peer, MonoTime now)
    {
        var attempt = new TaskAttempt(_attempts.All.Count, peer, now + _settings.OpenTimeout);
        _attempts.Add(attempt);
        _tried.Add(peer);
        _actions.Enqueue(new TaskCallAction(TaskCallActionKind.StartAttempt, attempt.Number, peer));
    }

    /// <summary>After an attempt that brought nothing: another peer, if the task may go to one.</summary>
    private void TryNext(TaskAttempt ended, bool provablyNotBegun, MonoTime now)
    {
        if ((!_idempotent && !provablyNotBegun) || ended.Parts > 0)
        {
            End(new TaskCallOutcome(MeshErrorCode.OutcomeUnknown, ended.Number, ended.Failure), now);
            return;
        }

        Search(now);
    }

    private void Search(MonoTime now)
    {
        if (Outcome is not null || _searchUntil is not null || _waitUntil is not null)
        {
            return;
        }

        if (_attempts.All.Count == _settings.MaxAttempts)
        {
            if (_attempts.Active == 0)
            {
                End(new TaskCallOutcome(_attempts.CodeAtTheEnd(_idempotent, _directoryFailed)), now);
            }

            return;
        }

        _searchUntil = now + _settings.SearchTimeout;
        _actions.Enqueue(new TaskCallAction(TaskCallActionKind.AskCandidates));
    }

    /// <summary>All candidates were tried, or there are none: wait, then begin again with the best.</summary>
    private void WaitForNextRound(MonoTime now)
    {
        _tried.Clear();
        _tried.UnionWith(_attempts.ActivePeers);
        if (_attempts.Active == 0 && _attempts.AreHopeless)
        {
            End(new TaskCallOutcome(MeshErrorCode.NoDirectPath), now);
            return;
        }

        _waitUntil = now + _backoff.Next();
    }

    private void End(TaskCallOutcome outcome, MonoTime now)
    {
        if (Outcome is not null)
        {
            return;
        }

        Invariant.Require(outcome.Attempt < _attempts.All.Count);
        Outcome = outcome;
        _searchUntil = null;
        _waitUntil = null;
        Abandon(except: -1, now >= _deadline ? TaskStreamCode.DeadlineExceeded : TaskStreamCode.Cancelled);
        _actions.Enqueue(new TaskCallAction(TaskCallActionKind.End, outcome.Attempt));
    }

    private void Abandon(int except, ulong code)
    {
        foreach (var attempt in _attempts.Abandon(except))
        {
            _actions.Enqueue(new(TaskCallActionKind.AbandonAttempt, attempt, Code: code));
        }
    }

    private bool TryGetActive(int number, [NotNullWhen(true)] out TaskAttempt? attempt)
    {
        attempt = null;
        return Outcome is null && _attempts.TryGetActive(number, out attempt);
    }
}
