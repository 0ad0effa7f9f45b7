using System;
using Google.Protobuf;
using MeshActors.Wire;

namespace MeshActors.Tasks;

/// <summary>Puts the messages a worker sends on one stream together again: control, and the payload after it.</summary>
internal sealed class TaskReplyReader
{
    private const int MaxControlLength = 16 * 1024;

    private TaskReply? _awaiting;
    private ulong _parts;
    private bool _started;
    private bool _ended;

    /// <summary>Takes the next message.</summary>
    public TaskReplyEvent Handle(ReadOnlyMemory<byte> message)
    {
        if (_ended)
        {
            return TaskReplyEvent.Bad;
        }

        if (_awaiting is { } control)
        {
            _awaiting = null;
            _ended = control.KindCase == TaskReply.KindOneofCase.Completed;
            return new TaskReplyEvent(
                _ended ? TaskReplyKind.Completed : TaskReplyKind.Part, Payload: message);
        }

        return message.Length <= MaxControlLength && TryParse(message, out var reply)
            ? HandleControl(reply)
            : TaskReplyEvent.Bad;
    }

    private static bool TryParse(ReadOnlyMemory<byte> message, out TaskReply reply)
    {
        reply = new TaskReply();
        try
        {
            reply.MergeFrom(message.Span);
            return true;
        }
        catch (InvalidProtocolBufferException)
        {
            return false;
        }
    }

    private TaskReplyEvent HandleControl(TaskReply reply)
    {
        switch (reply.KindCase)
        {
            case TaskReply.KindOneofCase.Started when !_started:
                _started = true;
                return new TaskReplyEvent(TaskReplyKind.Started);
            case TaskReply.KindOneofCase.Part when _started && reply.Part.Index == _parts:
                _parts++;
                _awaiting = reply;
                return new TaskReplyEvent(TaskReplyKind.AwaitingPayload);
            case TaskReply.KindOneofCase.Completed when _started && reply.Completed.Parts == _parts:
                if (reply.Completed.HasPayload)
                {
                    _awaiting = reply;
                    return new TaskReplyEvent(TaskReplyKind.AwaitingPayload);
                }

                _ended = true;
                return new TaskReplyEvent(TaskReplyKind.Completed);
            case TaskReply.KindOneofCase.Failed:
                _ended = true;
                return new TaskReplyEvent(
                    TaskReplyKind.Failed,
                    Failure: TaskFailure.From(reply.Failed),
                    NotStarted: reply.Failed.NotStarted && !_started);
            default:
                return TaskReplyEvent.Bad;
        }
    }
}

/// <summary>What a worker said.</summary>
/// <param name="Kind">What it is about.</param>
/// <param name="Payload">Of a part, or of the result; null for none.</param>
/// <param name="Failure">Why it failed.</param>
/// <param name="NotStarted">True when it failed before an agent began.</param>
internal readonly record struct TaskReplyEvent(
    TaskReplyKind Kind, ReadOnlyMemory<byte>? Payload = null, TaskFailure? Failure = null, bool NotStarted = false)
{
    public static readonly TaskReplyEvent Bad = new(TaskReplyKind.Bad);
}

/// <summary>Kinds of <see cref="TaskReplyEvent"/>.</summary>
internal enum TaskReplyKind
{
    /// <summary>Not what the protocol has at that place; the stream is to be reset.</summary>
    Bad,

    /// <summary>The payload comes with the next message.</summary>
    AwaitingPayload,

    /// <summary>An agent has begun.</summary>
    Started,

    /// <summary>A part of the result.</summary>
    Part,

    /// <summary>The end, with the result unless it came in parts.</summary>
    Completed,

    /// <summary>The end without a result.</summary>
    Failed,
}
