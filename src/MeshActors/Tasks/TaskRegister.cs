using System;
using System.Collections.Generic;
using MeshActors.Transport.Diagnostics;
using MeshActors.Transport.Time;

namespace MeshActors.Tasks;

/// <summary>What a worker knows about tasks, so that none runs twice and none is taken beyond the bounds.</summary>
/// <remarks>
/// A task that is refused before its agent began is forgotten: the caller may come back with it. Every other task is
/// remembered with its transcript from its end on for <see cref="TaskRegisterSettings.OutcomeLifetime"/>.
/// </remarks>
internal sealed class TaskRegister
{
    private readonly TaskRegisterSettings _settings;
    private readonly Dictionary<TaskKey, Entry> _entries = [];
    private readonly Dictionary<string, int> _runningByAgent = new(StringComparer.Ordinal);
    private readonly Queue<TaskKey> _ended = new();
    private readonly Queue<TaskKey> _kept = new();
    private long _keptBytes;

    public TaskRegister(TaskRegisterSettings settings)
    {
        _settings = settings;
    }

    /// <summary>Tasks that run or wait for their agent.</summary>
    public int Running { get; private set; }

    /// <summary>Ended tasks that are remembered.</summary>
    public int Outcomes => _ended.Count;

    /// <summary>Tasks of one agent that run or wait for it.</summary>
    public int RunningAt(string agent) => _runningByAgent.GetValueOrDefault(agent);

    /// <summary>What is known about a task.</summary>
    /// <param name="key">Which.</param>
    /// <param name="transcript">Its transcript when it has ended and can be told again; else null.</param>
    public TaskStanding Find(TaskKey key, out TaskTranscript? transcript)
    {
        transcript = null;
        if (!_entries.TryGetValue(key, out var entry))
        {
            return TaskStanding.Unknown;
        }

        transcript = entry.Transcript;
        return entry.Agent is not null ? TaskStanding.Running
            : transcript is not null ? TaskStanding.Ended
            : TaskStanding.Forgotten;
    }

    /// <summary>Takes an unknown task for an agent.</summary>
    /// <returns>False when node or agent have as many as tasks of that priority may fill.</returns>
    public bool TryAdmit(TaskKey key, string agent, TaskPriority priority)
    {
        Invariant.Require(!_entries.ContainsKey(key));
        if (Running >= Share(_settings.MaxRunning, priority)
            || RunningAt(agent) >= Share(_settings.MaxRunningPerAgent, priority))
        {
            return false;
        }

        _entries.Add(key, new Entry { Agent = agent });
        _runningByAgent[agent] = RunningAt(agent) + 1;
        Running++;
        return true;
    }

    /// <summary>The agent has ended with a task, or never began it.</summary>
    public void HandleEnded(TaskKey key, TaskTranscript transcript, MonoTime now)
    {
        Invariant.Require(transcript.Ended);
        if (!_entries.TryGetValue(key, out var entry) || entry.Agent is not { } agent)
        {
            return;
        }

        Running--;
        var left = RunningAt(agent) - 1;
        if (left == 0)
        {
            _runningByAgent.Remove(agent);
        }
        else
        {
            _runningByAgent[agent] = left;
        }

        if (transcript.Refused)
        {
            _entries.Remove(key);
            return;
        }

        entry.Agent = null;
        entry.Until = now + _settings.OutcomeLifetime;
        _ended.Enqueue(key);
        Keep(key, entry, transcript);
        Expire(now);
    }

    /// <summary>Whoever ran the tasks is gone: those that ran keep their id, so that none runs twice.</summary>
    public void HandleRestart(MonoTime now)
    {
        foreach (var (key, entry) in _entries)
        {
            if (entry.Agent is not null)
            {
                entry.Agent = null;
                entry.Until = now + _settings.OutcomeLifetime;
                _ended.Enqueue(key);
            }
        }

        _runningByAgent.Clear();
        Running = 0;
        Expire(now);
    }

    /// <summary>Forgets outcomes that are too old or too many.</summary>
    public void Expire(MonoTime now)
    {
        while (_ended.TryPeek(out var oldest)
            && (_ended.Count > _settings.MaxOutcomes || _entries[oldest].Until <= now))
        {
            _ended.Dequeue();
            DropTranscript(_entries[oldest]);
            _entries.Remove(oldest);
        }

        // A key whose entry went before is only a leftover in this queue.
        while (_kept.TryPeek(out var kept)
            && (_keptBytes > _settings.MaxOutcomeBytes || !_entries.TryGetValue(kept, out var entry)
                || entry.Transcript is null))
        {
            _kept.Dequeue();
            if (_entries.TryGetValue(kept, out entry))
            {
                DropTranscript(entry);
            }
        }
    }

    private static int Share(int bound, TaskPriority priority) => priority switch
    {
        TaskPriority.High => bound,
        TaskPriority.Low => Math.Max(bound / 2, 1),
        _ => Math.Max(bound - (bound / 10), 1),
    };

    private void Keep(TaskKey key, Entry entry, TaskTranscript transcript)
    {
        if (transcript.CanReplay && transcript.KeptBytes <= _settings.MaxOutcomeBytes)
        {
            entry.Transcript = transcript;
            _keptBytes += transcript.KeptBytes;
            _kept.Enqueue(key);
        }
    }

    private void DropTranscript(Entry entry)
    {
        _keptBytes -= entry.Transcript?.KeptBytes ?? 0;
        entry.Transcript = null;
    }

    private sealed class Entry
    {
        /// <summary>Who runs it; null once it has ended.</summary>
        public string? Agent { get; set; }

        public MonoTime Until { get; set; }

        public TaskTranscript? Transcript { get; set; }
    }
}

/// <summary>What a worker knows about a task id.</summary>
internal enum TaskStanding
{
    /// <summary>Nothing: it may be taken.</summary>
    Unknown,

    /// <summary>An agent works on it, or will.</summary>
    Running,

    /// <summary>It has ended and its transcript is kept.</summary>
    Ended,

    /// <summary>It has ended, and what it gave is not kept any longer.</summary>
    Forgotten,
}
