using System;
using System.Collections.Generic;
using Akka.Actor;
using Akka.Event;
using MeshActors.Agents;
using MeshActors.Wire;

namespace MeshActors.Tasks;

/// <summary>The task plane of a node: one child for each task it asks for, and for each task it works on.</summary>
/// <remarks>
/// A child that fails is stopped, never restarted: a restart would be a second run. The caller of a dispatch that fails
/// is told by the child's own end; the callers of a run that fails lose their stream, and its id never runs again.
/// </remarks>
internal sealed class TasksActor : UntypedActor, IWithTimers
{
    /// <summary>Tasks a node may ask for at one time; beyond, the call is refused as busy.</summary>
    public const int MaxDispatches = 100_000;

    private static readonly TimeSpan ExpiryInterval = TimeSpan.FromSeconds(10);

    private readonly TaskNode _node;
    private readonly TaskRegister _register;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<TaskKey, Run> _runs = [];
    private readonly Dictionary<IActorRef, TaskKey> _keys = [];
    private readonly Dictionary<ITaskStream, IActorRef> _streams = [];
    private readonly HashSet<IActorRef> _dispatches = [];
    private long _children;
    private IActorRef? _drainer;

    public TasksActor(TaskNode node, TaskRegister register)
    {
        _node = node;
        _register = register;
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="node">What the node lends.</param>
    /// <param name="register">What the node knows about tasks; outlives this actor's restarts.</param>
    public static Props Props(TaskNode node, TaskRegister register) =>
        Akka.Actor.Props.Create(() => new TasksActor(node, register));

    protected override SupervisorStrategy SupervisorStrategy() =>
        new OneForOneStrategy(_ => Directive.Stop);

    protected override void PreStart()
    {
        _register.HandleRestart(_node.Clock.Now);
        Timers.StartPeriodicTimer(ExpiryDue.Instance, ExpiryDue.Instance, ExpiryInterval);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Submit submit:
                Dispatch(submit.Order);
                break;
            case CancelTask cancel:
                Context.Child(DispatchName(cancel.Task)).Tell(DispatchActor.Cancel.Instance);
                break;
            case DispatchActor.TunnelChanged changed:
                foreach (var dispatch in _dispatches)
                {
                    dispatch.Tell(changed);
                }

                break;
            case Requested requested:
                HandleRequest(requested);
                break;
            case TaskRunActor.StreamWritable writable when _streams.TryGetValue(writable.Stream, out var run):
                run.Forward(writable);
                break;
            case TaskRunActor.StreamEnded ended when _streams.Remove(ended.Stream, out var run):
                run.Forward(ended);
                break;
            case TaskRunActor.StreamWritable or TaskRunActor.StreamEnded:
                break;
            case TaskRunActor.RunEnded ended:
                _register.HandleEnded(ended.Key, ended.Transcript, _node.Clock.Now);
                break;
            case TaskRunActor.RunIdle idle:
                HandleIdle(idle);
                break;
            case Terminated terminated:
                HandleTerminated(terminated.ActorRef);
                break;
            case ExpiryDue:
                _register.Expire(_node.Clock.Now);
                break;
            case Drain:
                _drainer = Sender;
                break;
            default:
                Unhandled(message);
                break;
        }

        if (_drainer is { } drainer && _runs.Count == 0 && _streams.Count == 0 && _dispatches.Count == 0)
        {
            drainer.Tell(Drained.Instance);
            _drainer = ActorRefs.Nobody;
        }
    }

    private static string DispatchName(TaskId task) => $"ask-{task}";

    private void Dispatch(TaskOrder order)
    {
        if (_dispatches.Count >= MaxDispatches)
        {
            order.Sink.Failed(new MeshException(
                MeshErrorCode.Busy,
                $"This node has {MaxDispatches} tasks under way.",
                "Wait for some of them before asking for more."));
            return;
        }

        var dispatch = Context.ActorOf(DispatchActor.Props(_node, order), DispatchName(order.Id));
        Context.Watch(dispatch);
        _dispatches.Add(dispatch);
    }

    private void HandleRequest(Requested requested)
    {
        var task = requested.Task;
        if (_runs.TryGetValue(task.Key, out var run))
        {
            run.Attached++;
            _streams.Add(requested.Stream, run.Ref);
            requested.Stream.Release(requested.Payload.Length);
            run.Ref.Tell(new TaskRunActor.Attached(requested.Stream));
            return;
        }

        switch (_register.Find(task.Key, out var transcript))
        {
            case TaskStanding.Ended:
                requested.Stream.Release(requested.Payload.Length);
                Start(requested, TaskReplayActor.Props(task.Key, transcript!, requested.Stream), "again");
                break;
            case TaskStanding.Forgotten or TaskStanding.Running:
                TaskRefusal.Send(
                    requested.Stream,
                    TaskFailureCode.OutcomeUnknown,
                    "the task ran here, and its result is not kept any longer",
                    notStarted: false);
                break;
            default:
                Admit(requested);
                break;
        }
    }

    private void Admit(Requested requested)
    {
        var task = requested.Task;
        if (_drainer is not null)
        {
            Refuse(requested, TaskFailureCode.Busy, "this node is stopping");
        }
        else if (FindAgent(task) is not { } agent)
        {
            Refuse(requested, TaskFailureCode.UnknownCapability, $"{task.Capability} {task.Version} is not served here");
        }
        else if (agent.Served.Streaming && !task.Streaming)
        {
            Refuse(
                requested,
                TaskFailureCode.SchemaViolation,
                $"{agent.Served.Descriptor} gives its result in parts: ask for a stream");
        }
        else if (!_register.TryAdmit(task.Key, agent.Name, task.Priority))
        {
            Refuse(requested, TaskFailureCode.Busy, "as many tasks as this node takes");
        }
        else
        {
            Start(
                requested,
                TaskRunActor.Props(new TaskRun(task, requested.Payload, requested.Stream, agent, _node)),
                "run");
        }
    }

    private static void Refuse(Requested requested, TaskFailureCode code, string message) =>
        TaskRefusal.Send(requested.Stream, code, message, notStarted: true);

    private void Start(Requested requested, Props props, string prefix)
    {
        var actor = Context.ActorOf(props, $"{prefix}-{requested.Task.Key.Id}-{_children++}");
        Context.Watch(actor);
        _runs.Add(requested.Task.Key, new Run(actor));
        _keys.Add(actor, requested.Task.Key);
        _streams.Add(requested.Stream, actor);
    }

    /// <summary>Of the agents that serve it in the newest version that fits, the one with the fewest tasks.</summary>
    private ServedAgent? FindAgent(InboundTask task)
    {
        ServedAgent? best = null;
        foreach (var agent in _node.Own.Agents)
        {
            var descriptor = agent.Served.Descriptor;
            if (descriptor.Name == task.Capability
                && descriptor.Version.Serves(task.Version)
                && (best is null || Compare(agent, best) > 0))
            {
                best = agent;
            }
        }

        return best;
    }

    private int Compare(ServedAgent left, ServedAgent right)
    {
        var byVersion = left.Served.Descriptor.Version.CompareTo(right.Served.Descriptor.Version);
        return byVersion != 0 ? byVersion : _register.RunningAt(right.Name).CompareTo(_register.RunningAt(left.Name));
    }

    /// <summary>Stops a run that has nothing left to do, unless another stream is on its way to it.</summary>
    private void HandleIdle(TaskRunActor.RunIdle idle)
    {
        if (_runs.TryGetValue(idle.Key, out var run) && run.Attached == idle.Attached)
        {
            _runs.Remove(idle.Key);
            Context.Stop(run.Ref);
        }
    }

    private void HandleTerminated(IActorRef actor)
    {
        if (_dispatches.Remove(actor) || !_keys.Remove(actor, out var key))
        {
            return;
        }

        if (_runs.TryGetValue(key, out var run) && run.Ref.Equals(actor))
        {
            _runs.Remove(key);
            _log.Warning("The run of task {0} of {1} failed; its outcome is unknown", key.Id, key.Caller);
            var transcript = new TaskTranscript();
            transcript.AddStarted();
            transcript.AddFailed(new TaskFailure(TaskFailureCode.OutcomeUnknown, "the run of the task failed"));
            _register.HandleEnded(key, transcript, _node.Clock.Now);
        }
    }

    /// <summary>This node's code asks for a task.</summary>
    internal sealed record Submit(TaskOrder Order) : INoSerializationVerificationNeeded;

    /// <summary>This node's code wants a task no more.</summary>
    internal sealed record CancelTask(TaskId Task) : IDeadLetterSuppression;

    /// <summary>A node, or this one, asks for a task to be done here.</summary>
    internal sealed record Requested(InboundTask Task, ReadOnlyMemory<byte> Payload, ITaskStream Stream)
        : INoSerializationVerificationNeeded;

    /// <summary>The node is stopping: takes no further task of others, and answers <see cref="Drained"/> when none is under way.</summary>
    /// <remarks>A stream is under way until the caller has what it was sent, so that a result is not lost with its tunnel.</remarks>
    internal sealed record Drain
    {
        public static readonly Drain Instance = new();
    }

    /// <summary>No task is under way.</summary>
    internal sealed record Drained
    {
        public static readonly Drained Instance = new();
    }

    private sealed record ExpiryDue
    {
        public static readonly ExpiryDue Instance = new();
    }

    private sealed class Run
    {
        public Run(IActorRef actor)
        {
            Ref = actor;
        }

        public IActorRef Ref { get; }

        /// <summary>Streams it was given.</summary>
        public int Attached { get; set; } = 1;
    }
}
