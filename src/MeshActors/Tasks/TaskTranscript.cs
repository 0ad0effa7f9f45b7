using System;
using System.Collections.Generic;
using Google.Protobuf;
using MeshActors.Transport.Diagnostics;
using MeshActors.Wire;

namespace MeshActors.Tasks;

/// <summary>Everything a worker says about one task, in order, for every caller that asks with the task's id.</summary>
/// <remarks>
/// A caller that comes late, or again, gets the same messages from the first. Parts beyond
/// <see cref="MaxReplayBytes"/> are forgotten once sent: from then on the task cannot be told again.
/// </remarks>
internal sealed class TaskTranscript
{
    /// <summary>Bytes of parts kept for callers that come again.</summary>
    public const int MaxReplayBytes = 1024 * 1024;

    private readonly List<ReadOnlyMemory<byte>> _messages = [];
    private int _forgotten;
    private ulong _parts;

    /// <summary>Messages so far, the forgotten ones included.</summary>
    public int Count => _forgotten + _messages.Count;

    /// <summary>Bytes that are kept.</summary>
    public long KeptBytes { get; private set; }

    /// <summary>True once the agent began.</summary>
    public bool Started { get; private set; }

    /// <summary>True when nothing more will be added.</summary>
    public bool Ended { get; private set; }

    /// <summary>True when it ended before the agent began: such an end binds nobody.</summary>
    public bool Refused => Ended && !Started;

    /// <summary>True while it can be told from the first message.</summary>
    public bool CanReplay => _forgotten == 0;

    /// <summary>How it ended; null while it goes on, and when it completed.</summary>
    public TaskFailureCode? Failure { get; private set; }

    /// <summary>The message at a place from the first that is kept to <see cref="Count"/>.</summary>
    public ReadOnlyMemory<byte> this[int index] => _messages[index - _forgotten];

    public void AddStarted()
    {
        Invariant.Require(!Ended && !Started);
        Started = true;
        Add(new TaskReply { Started = new TaskStarted() }.ToByteArray());
    }

    public void AddPart(ReadOnlyMemory<byte> payload)
    {
        Invariant.Require(!Ended && Started);
        Add(new TaskReply { Part = new TaskPart { Index = _parts } }.ToByteArray());
        Add(payload);
        _parts++;
    }

    /// <param name="payload">The result; null when it came in parts.</param>
    public void AddCompleted(ReadOnlyMemory<byte>? payload)
    {
        Invariant.Require(!Ended && Started);
        Ended = true;
        var completed = new TaskCompleted { HasPayload = payload is not null, Parts = _parts };
        Add(new TaskReply { Completed = completed }.ToByteArray());
        if (payload is { } result)
        {
            Add(result);
        }
    }

    public void AddFailed(TaskFailure failure)
    {
        Invariant.Require(!Ended);
        Ended = true;
        Failure = failure.Code;
        Add(failure.ToReply(notStarted: !Started).ToByteArray());
    }

    /// <summary>Forgets what every caller has got, when more is kept than for telling it again is allowed.</summary>
    /// <param name="taken">The place up to which all callers have everything.</param>
    public void Trim(int taken)
    {
        if (KeptBytes <= MaxReplayBytes || Ended)
        {
            return;
        }

        var count = Math.Min(taken - _forgotten, _messages.Count);
        for (var i = 0; i < count; i++)
        {
            KeptBytes -= _messages[i].Length;
        }

        if (count > 0)
        {
            _messages.RemoveRange(0, count);
            _forgotten += count;
        }
    }

    private void Add(ReadOnlyMemory<byte> message)
    {
        _messages.Add(message);
        KeptBytes += message.Length;
    }
}
