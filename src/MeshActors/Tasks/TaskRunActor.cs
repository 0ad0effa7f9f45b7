using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;
using Akka.Actor;
using Akka.Event;
using MeshActors.Agents;
using MeshActors.Telemetry;
using MeshActors.Wire;

namespace MeshActors.Tasks;

/// <summary>One task at its worker: from the payload's check to the last byte of the outcome.</summary>
/// <remarks>
/// Gives the task to the agent, writes what the agent does into the transcript and sends it to every caller that asks
/// with this task's id. Lives until the agent has ended with the task and all callers have the outcome or are gone.
/// </remarks>
internal sealed class TaskRunActor : UntypedActor, IWithTimers, IDisposable
{
    private readonly TaskRun _order;
    private readonly TaskTranscript _transcript = new();
    private readonly List<TaskAttachment> _attachments = [];
    private readonly CancellationTokenSource _cancellation = new();
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private Activity? _activity;
    private TaskCompletionSource? _partTaken;
    private bool _agentEnded;
    private int _attached;

    public TaskRunActor(TaskRun order)
    {
        _order = order;
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(TaskRun order) => Akka.Actor.Props.Create(() => new TaskRunActor(order));

    public void Dispose() => _cancellation.Dispose();

    protected override void PreStart()
    {
        var task = _order.Task;
        Attach(_order.Stream);
        var fits = _order.Agent.Served.Read(_order.Node.Schemas, _order.Payload, out var request, out var violation);
        _order.Stream.Release(_order.Payload.Length);
        if (!fits)
        {
            _transcript.AddFailed(new TaskFailure(
                TaskFailureCode.SchemaViolation,
                $"the request does not fit {_order.Agent.Served.Descriptor}: {violation}",
                violation!.Path));
            AgentEnded();
            return;
        }

        _activity = MeshTelemetry.StartRun(
            task.Capability, task.Key.Id, task.TraceId, task.TraceParent, task.TraceState);
        Timers.StartSingleTimer(DeadlineDue.Instance, DeadlineDue.Instance, task.Remaining);
        Context.Watch(_order.Agent.Ref);
        var context = new TaskContext(
            task.Key.Id,
            task.Capability,
            task.Key.Caller,
            _order.Node.Clock.UtcNow + task.Remaining,
            task.TraceId,
            _cancellation.Token);
        var descriptor = _order.Agent.Served.Descriptor;
        var output = new TaskOutput(
            Self, payload => _order.Node.Schemas.Validate(descriptor.ResultSchema, payload));
        _order.Agent.Ref.Tell(new TaskAssignment(
            descriptor, request, context, output, Self, _order.Node.Journal, _activity));
    }

    protected override void PostStop()
    {
        _cancellation.Cancel();
        _partTaken?.TrySetCanceled();
        MeshTelemetry.End(_activity, _transcript.Failure?.ToString());
        foreach (var attachment in _attachments)
        {
            attachment.Stream.Reset(TaskStreamCode.ShuttingDown);
        }

        Dispose();
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Begun when !_transcript.Ended:
                _transcript.AddStarted();
                break;
            case PartProduced part when !_transcript.Ended:
                _transcript.AddPart(part.Payload);
                _partTaken = part.Taken;
                break;
            case PartProduced part:
                part.Taken.TrySetCanceled();
                break;
            case ResultProduced result:
                Complete(result.Payload);
                AgentEnded();
                break;
            case Threw threw:
                _log.Warning(
                    "Task {Task} of {Caller} failed in agent {Agent}: {Reason}; {TraceId}",
                    _order.Task.Key.Id, _order.Task.Key.Caller, _order.Agent.Name, threw.Message, _order.Task.TraceId);
                Fail(TaskFailureCode.AgentFailed, threw.Message);
                AgentEnded();
                break;
            case GaveUp or NotBegun:
                Fail(TaskFailureCode.Cancelled, "the task was cancelled");
                AgentEnded();
                break;
            case Terminated:
                Fail(TaskFailureCode.OutcomeUnknown, $"the agent {_order.Agent.Name} was stopped");
                AgentEnded();
                break;
            case DeadlineDue:
                Fail(TaskFailureCode.DeadlineExceeded, "the deadline passed before the agent had a result");
                _ = _cancellation.CancelAsync();
                break;
            case Attached attached:
                Attach(attached.Stream);
                break;
            case StreamWritable:
                break;
            case StreamEnded ended:
                HandleStreamEnded(ended);
                break;
            default:
                Unhandled(message);
                return;
        }

        Pump();
    }

    private void Attach(ITaskStream stream)
    {
        _attached++;
        if (_transcript.CanReplay)
        {
            _attachments.Add(new TaskAttachment(stream));
        }
        else
        {
            TaskRefusal.Send(
                stream, TaskFailureCode.OutcomeUnknown, "parts of this task have gone to another caller", false);
        }
    }

    private void Complete(ReadOnlyMemory<byte>? payload)
    {
        if (!_transcript.Ended)
        {
            _transcript.AddCompleted(payload);
        }
    }

    private void Fail(TaskFailureCode code, string message)
    {
        if (!_transcript.Ended)
        {
            _transcript.AddFailed(new TaskFailure(code, message));
        }
    }

    private void AgentEnded()
    {
        if (_agentEnded)
        {
            return;
        }

        _agentEnded = true;
        Context.Unwatch(_order.Agent.Ref);
        Timers.Cancel(DeadlineDue.Instance);
        Context.Parent.Tell(new RunEnded(_order.Task.Key, _transcript));
        Pump();
    }

    /// <summary>The last caller that cancels cancels the work; a caller that is only gone may come back.</summary>
    private void HandleStreamEnded(StreamEnded ended)
    {
        _attachments.RemoveAll(attachment => attachment.Stream == ended.Stream);
        if (ended.ByCaller && _attachments.Count == 0 && !_transcript.Ended)
        {
            _ = _cancellation.CancelAsync();
        }
    }

    private void Pump()
    {
        var taken = int.MaxValue;
        for (var i = _attachments.Count - 1; i >= 0; i--)
        {
            if (_attachments[i].Pump(_transcript))
            {
                _attachments.RemoveAt(i);
            }
            else
            {
                taken = Math.Min(taken, _attachments[i].Taken);
            }
        }

        // One caller that has everything is enough to go on; without any the work waits for one, or its deadline.
        if (_partTaken is not null && _attachments.Exists(attachment => attachment.Taken == _transcript.Count))
        {
            _partTaken.TrySetResult();
            _partTaken = null;
        }

        if (_attachments.Count > 0)
        {
            _transcript.Trim(taken);
        }
        else if (_agentEnded)
        {
            Context.Parent.Tell(new RunIdle(_order.Task.Key, _attached));
        }
    }

    /// <summary>The agent's handler is about to be called.</summary>
    internal sealed record Begun
    {
        public static readonly Begun Instance = new();
    }

    /// <summary>The agent did not take the task: it was cancelled first, or the agent no more serves it.</summary>
    internal sealed record NotBegun
    {
        public static readonly NotBegun Instance = new();
    }

    /// <summary>The handler ended because the task was cancelled.</summary>
    internal sealed record GaveUp
    {
        public static readonly GaveUp Instance = new();
    }

    internal sealed record Threw(string Message);

    internal sealed record PartProduced(ReadOnlyMemory<byte> Payload, TaskCompletionSource Taken)
        : INoSerializationVerificationNeeded;

    /// <summary>The handler's end; no payload when the result came in parts.</summary>
    internal sealed record ResultProduced(ReadOnlyMemory<byte>? Payload) : INoSerializationVerificationNeeded;

    /// <summary>Another stream asks for the same task.</summary>
    internal sealed record Attached(ITaskStream Stream) : INoSerializationVerificationNeeded;

    internal sealed record StreamWritable(ITaskStream Stream) : INoSerializationVerificationNeeded;

    /// <param name="Stream">Which.</param>
    /// <param name="ByCaller">True when the caller reset it; false when it only was lost.</param>
    internal sealed record StreamEnded(ITaskStream Stream, bool ByCaller) : INoSerializationVerificationNeeded;

    /// <summary>To the parent: the agent has ended with the task.</summary>
    internal sealed record RunEnded(TaskKey Key, TaskTranscript Transcript) : INoSerializationVerificationNeeded;

    /// <summary>To the parent: nothing is left to do for the streams attached so far.</summary>
    internal sealed record RunIdle(TaskKey Key, int Attached);

    private sealed record DeadlineDue
    {
        public static readonly DeadlineDue Instance = new();
    }
}
