using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Linq;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Time;
using MeshActors.Wire;

namespace MeshActors.Tasks;

/// <summary>The attempts of one task, in the order they were made.</summary>
internal sealed class TaskAttempts
{
    private readonly List<TaskAttempt> _all = [];

    public IReadOnlyList<TaskAttempt> All => _all;

    /// <summary>Attempts that may still bring the outcome.</summary>
    public int Active => _all.Count(attempt => attempt.IsActive);

    /// <summary>Peers of these.</summary>
    public IEnumerable<MeshAddress> ActivePeers => _all.Where(attempt => attempt.IsActive).Select(attempt => attempt.Peer);

    /// <summary>When the next of the tunnels that are being opened must be open.</summary>
    public MonoTime? NextOpenTimeout
    {
        get
        {
            MonoTime? next = null;
            foreach (var attempt in _all)
            {
                if (attempt.State == TaskAttemptState.Opening)
                {
                    next = MonoTime.Earliest(next, attempt.OpenUntil);
                }
            }

            return next;
        }
    }

    public void Add(TaskAttempt attempt) => _all.Add(attempt);

    public bool TryGetActive(int number, [NotNullWhen(true)] out TaskAttempt? attempt)
    {
        attempt = number >= 0 && number < _all.Count && _all[number].IsActive ? _all[number] : null;
        return attempt is not null;
    }

    /// <summary>True when the caller took parts from another attempt.</summary>
    public bool HasParts(TaskAttempt except) => _all.Exists(attempt => attempt != except && attempt.Parts > 0);

    /// <summary>Gives up all active attempts but one.</summary>
    /// <param name="except">The number of the one that goes on; -1 for none.</param>
    /// <returns>The numbers of those given up.</returns>
    public IReadOnlyList<int> Abandon(int except)
    {
        var abandoned = new List<int>();
        foreach (var attempt in _all)
        {
            if (attempt.IsActive && attempt.Number != except)
            {
                attempt.State = TaskAttemptState.Abandoned;
                abandoned.Add(attempt.Number);
            }
        }

        return abandoned;
    }

    /// <summary>True when no peer that was asked is reached by a direct path, and none will be.</summary>
    public bool AreHopeless => _all.Count > 0
        && _all.GroupBy(attempt => attempt.Peer).All(ofPeer => ofPeer.Last().IsDirectPathHopeless);

    /// <summary>The reason to name when time or attempts have run out: what stood in the way last.</summary>
    /// <param name="idempotent">Whether running the task twice does no harm.</param>
    /// <param name="directoryFailed">Whether the last question to the directory had no answer.</param>
    public MeshErrorCode CodeAtTheEnd(bool idempotent, bool directoryFailed)
    {
        if (_all.Exists(attempt => attempt.State is TaskAttemptState.Sent or TaskAttemptState.Started))
        {
            return !idempotent && _all.Exists(attempt => attempt is { IsActive: true, Suspected: true })
                ? MeshErrorCode.OutcomeUnknown
                : MeshErrorCode.DeadlineExceeded;
        }

        if (_all.Count == 0)
        {
            return directoryFailed ? MeshErrorCode.BackboneUnreachable : MeshErrorCode.NoPeers;
        }

        return _all[^1] switch
        {
            { State: TaskAttemptState.NotReached or TaskAttemptState.Opening } when _all.Exists(attempt => attempt.LacksDirectPath) =>
                MeshErrorCode.NoDirectPath,
            { State: TaskAttemptState.Refused, Failure.Code: TaskFailureCode.Busy } => MeshErrorCode.Busy,
            { State: TaskAttemptState.NotReached or TaskAttemptState.Opening } => MeshErrorCode.Unreachable,
            _ => MeshErrorCode.DeadlineExceeded,
        };
    }
}
