using System;
using System.Collections.Immutable;
using System.Linq;
using Akka.Actor;
using Akka.Event;
using MeshActors.Peers;
using MeshActors.Telemetry;
using MeshActors.Transport.Addressing;

namespace MeshActors.Tasks;

/// <summary>One task at its caller: does what <see cref="TaskCall"/> asks for, until the caller has its one outcome.</summary>
internal sealed class DispatchActor : UntypedActor, IWithTimers
{
    private readonly TaskNode _node;
    private readonly TaskOrder _order;
    private readonly TaskCall _call;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly AttemptStreams _streams = new();
    private readonly AttemptLoads _loads;
    private ImmutableArray<TaskCandidate> _candidates = [];
    private Candidates? _answer;
    private int _opening;
    private bool _told;

    public DispatchActor(TaskNode node, TaskOrder order)
    {
        _node = node;
        _order = order;
        _call = new TaskCall(
            node.Calls, order.Options.Idempotent, order.Deadline, node.Random, node.Clock.Now);
        _loads = new AttemptLoads(node.Peers);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(TaskNode node, TaskOrder order) =>
        Akka.Actor.Props.Create(() => new DispatchActor(node, order));

    protected override void PreStart() => Drive();

    protected override void PostStop()
    {
        _loads.End(all: true);
        _streams.ResetAll(TaskStreamCode.ShuttingDown);
        if (!_told)
        {
            _told = true;
            _order.Sink.Failed(new MeshException(
                MeshErrorCode.ShuttingDown,
                $"Task {_order.Id} for {_order.Capability} ended with this node.",
                "Ask again when the node runs."));
        }
    }

    protected override void OnReceive(object message)
    {
        var now = _node.Clock.Now;
        switch (message)
        {
            case Candidates answer:
                HandleCandidates(answer);
                break;
            case WentAhead ahead:
                _streams.AddAhead(
                    ahead.Attempt, new AttemptStream(ahead.Stream, ahead.Candidate), IsOpening(ahead.Attempt));
                break;
            case Connected connected:
                _opening--;
                HandleConnected(connected);
                break;
            case ConnectFailed failed:
                _opening--;
                _streams.Remove(failed.Attempt, out _);
                _call.Attempts[failed.Attempt].HandleNoTunnel(failed.Cause);
                _call.HandleLost(failed.Attempt, mayHaveArrived: false, now);
                break;
            case AttemptMessage reply when _streams.TryGet(reply.Attempt, out var stream):
                HandleReply(stream, reply);
                break;
            case AttemptWritable writable when _streams.TryGet(writable.Attempt, out var stream):
                stream.Pump();
                break;
            case AttemptEnded ended when IsOpening(ended.Attempt):
                _streams.EndAhead(ended.Attempt, ended.MayHaveArrived);
                break;
            case AttemptEnded ended:
                _streams.Remove(ended.Attempt, out _);
                _call.HandleLost(ended.Attempt, ended.MayHaveArrived, now);
                break;
            case AttemptMessage or AttemptWritable:
                break;
            case TunnelChanged changed:
                HandleTunnelChanged(changed);
                break;
            case Cancel:
                _call.HandleCancel(now);
                break;
            case TimeoutDue:
                _call.HandleTimeout(now);
                break;
            default:
                Unhandled(message);
                return;
        }

        Drive();
    }

    /// <summary>This node's own agents come first: nothing is nearer.</summary>
    private void HandleCandidates(Candidates answer)
    {
        _answer = answer;
        var own = _node.Own.Find(_order.Capability, _order.Filter);
        _candidates =
        [
            .. own is null ? (ReadOnlySpan<TaskCandidate>)[] : [new TaskCandidate(Peer: null, _node.Address, own)],
            .. answer.Ranked.Select(TaskCandidate.Of),
        ];
        if (_candidates.IsEmpty && answer.Stale)
        {
            _call.HandleCandidatesFailed(_node.Clock.Now);
            return;
        }

        _call.HandleCandidates([.. _candidates.Select(candidate => candidate.Address)], _node.Clock.Now);
    }

    private void HandleConnected(Connected connected)
    {
        var now = _node.Clock.Now;
        var attempt = connected.Attempt;
        if (_streams.WentAhead(attempt))
        {
            _call.HandleSent(attempt);
            if (_streams.TakeEndAhead(attempt, out var mayHaveArrived))
            {
                _call.HandleLost(attempt, mayHaveArrived, now);
            }

            return;
        }

        if (!IsOpening(attempt) || now >= _order.Deadline)
        {
            connected.Stream.Reset(TaskStreamCode.Cancelled);
            return;
        }

        var stream = new AttemptStream(connected.Stream, connected.Candidate);
        _streams.Add(attempt, stream);
        var request = _order.RequestOf(connected.Candidate, now);
        stream.Send(request.Header, request.Payload);
        _call.HandleSent(attempt);
    }

    private bool IsOpening(int attempt) => _call.Attempts[attempt].State == TaskAttemptState.Opening;

    private void HandleReply(AttemptStream stream, AttemptMessage message)
    {
        var now = _node.Clock.Now;
        var attempt = message.Attempt;
        var reply = stream.Reader.Handle(message.Bytes);
        if (reply.Kind != TaskReplyKind.Part)
        {
            stream.Release(message.Bytes.Length);
        }

        switch (reply.Kind)
        {
            case TaskReplyKind.AwaitingPayload:
                break;
            case TaskReplyKind.Started:
                _call.HandleStarted(attempt);
                break;
            case TaskReplyKind.Part when stream.Violation(_order, _node.Schemas, reply.Payload) is { } failure:
                _call.HandleViolation(attempt, failure, now);
                break;
            case TaskReplyKind.Part when _call.HandlePart(attempt, now):
                var length = message.Bytes.Length;
                _order.Sink.Part(reply.Payload!.Value, () => stream.Release(length));
                break;
            case TaskReplyKind.Completed when stream.Violation(_order, _node.Schemas, reply.Payload) is { } failure:
                _call.HandleViolation(attempt, failure, now);
                break;
            case TaskReplyKind.Completed when _call.HandleCompleted(attempt, now):
                stream.Finish();
                _told = true;
                MeshTelemetry.Tried(_order.Span, _call.Attempts.Count);
                _order.Sink.Completed(reply.Payload);
                break;
            case TaskReplyKind.Failed:
                stream.Finish();
                _call.HandleFailed(attempt, reply.Failure!, reply.NotStarted, now);
                break;
            case TaskReplyKind.Bad:
                MeshTelemetry.BadMessage();
                stream.Reset(TaskStreamCode.BadMessage);
                _call.HandleLost(attempt, mayHaveArrived: true, now);
                break;
        }
    }

    private void HandleTunnelChanged(TunnelChanged changed)
    {
        foreach (var (attempt, stream) in _streams.All)
        {
            if (stream.Peer != changed.Peer)
            {
                continue;
            }

            if (changed.Open)
            {
                _call.HandleRecovered(attempt);
            }
            else
            {
                _call.HandleSuspected(attempt, _node.Clock.Now);
            }
        }
    }

    /// <summary>Does what the machine asks for, until it asks for nothing more.</summary>
    private void Drive()
    {
        while (_call.PollAction(out var action))
        {
            switch (action.Kind)
            {
                case TaskCallActionKind.AskCandidates:
                    _node.Peers.Tell(new CandidatesRequested(_order.Capability, _order.Filter, [.. _call.Tried]));
                    break;
                case TaskCallActionKind.StartAttempt:
                    StartAttempt(action.Attempt, action.Peer);
                    break;
                case TaskCallActionKind.AbandonAttempt:
                    if (_streams.Remove(action.Attempt, out var stream))
                    {
                        stream.Reset(action.Code);
                    }

                    break;
                case TaskCallActionKind.End:
                    End();
                    break;
            }
        }

        _loads.End(all: false);
        if (_call.Outcome is not null)
        {
            // A tunnel that still opens would leave a stream that nobody owns.
            if (_opening == 0)
            {
                Context.Stop(Self);
            }

            return;
        }

        if (_call.NextTimeout is { } deadline)
        {
            var delay = deadline - _node.Clock.Now;
            Timers.StartSingleTimer(
                TimeoutDue.Instance, TimeoutDue.Instance, delay > TimeSpan.Zero ? delay : TimeSpan.Zero);
        }
    }

    private void StartAttempt(int attempt, MeshAddress peer)
    {
        var candidate = _candidates.First(candidate => candidate.Address == peer);
        if (_order.Violation(candidate.Capability, _node.Schemas) is { } violation)
        {
            _call.HandleViolation(attempt, violation, _node.Clock.Now);
            return;
        }

        _opening++;
        _log.Debug("Task {0} goes to {1}, attempt {2}; {3}", _order.Id, peer, attempt, _order.TraceId);
        if (candidate.Peer is not null)
        {
            _loads.Begin(_call.Attempts[attempt]);
        }

        // What runs twice when a recorded message 1 is played again, or is sent again itself, must be able to.
        var ahead = _order.Options.Idempotent ? _order.RequestOf(candidate, _node.Clock.Now) : null;
        _node.OpenAsync(candidate, attempt, Context.Parent, Self, ahead).PipeTo(
            Self,
            success: stream => new Connected(attempt, candidate, stream),
            failure: e => new ConnectFailed(attempt, e));
    }

    private void End()
    {
        var outcome = _call.Outcome!;
        MeshTelemetry.TaskEnded(
            _order.Capability, outcome.Code, _node.Clock.Now - _order.CalledAt, _call.Attempts.Count);
        if (!_told)
        {
            _told = true;
            var failure = TaskExplanation.Explain(_order, outcome, _call.Attempts, _answer);
            _log.Debug("Task {0} failed: {1}; {2}", _order.Id, failure.Message, _order.TraceId);
            MeshTelemetry.Tried(_order.Span, _call.Attempts.Count);
            _order.Sink.Failed(failure);
        }

        // Abandoned attempts are reset; the winner's stream is finished and ends by itself.
        _streams.Clear();
    }

    internal sealed record Connected(int Attempt, TaskCandidate Candidate, ITaskStream Stream)
        : INoSerializationVerificationNeeded;

    internal sealed record ConnectFailed(int Attempt, Exception Cause);

    /// <summary>The stream carries the attempt's request ahead of its tunnel.</summary>
    internal sealed record WentAhead(int Attempt, TaskCandidate Candidate, ITaskStream Stream)
        : INoSerializationVerificationNeeded;

    internal sealed record AttemptMessage(int Attempt, ReadOnlyMemory<byte> Bytes)
        : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    internal sealed record AttemptWritable(int Attempt) : IDeadLetterSuppression;

    internal sealed record AttemptEnded(int Attempt, bool MayHaveArrived) : IDeadLetterSuppression;

    /// <summary>The tunnel to a peer has failed, or is open again.</summary>
    internal sealed record TunnelChanged(MeshAddress Peer, bool Open) : IDeadLetterSuppression;

    internal sealed record Cancel : IDeadLetterSuppression
    {
        public static readonly Cancel Instance = new();
    }

    private sealed record TimeoutDue
    {
        public static readonly TimeoutDue Instance = new();
    }
}
