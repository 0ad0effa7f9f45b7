using System;
using System.Collections.Generic;
using System.Linq;
using MeshActors.Tasks;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Time;
using MeshActors.Wire;
using Xunit;

namespace MeshActors.Tests.Tasks;

public sealed class TaskCallTests
{
    private static readonly MonoTime Start = new(0);
    private static readonly MonoTime Deadline = Start + TimeSpan.FromSeconds(10);
    private static readonly MeshAddress A = new(0, 1);
    private static readonly MeshAddress B = new(0, 2);

    [Fact]
    public void A_task_goes_to_the_best_candidate_and_ends_with_its_result()
    {
        var call = NewCall(idempotent: false);
        Assert.Equal([TaskCallActionKind.AskCandidates], Kinds(call));

        call.HandleCandidates([A, B], Start);
        Assert.Equal(new TaskCallAction(TaskCallActionKind.StartAttempt, 0, A), Assert.Single(Poll(call)));
        call.HandleSent(0);
        call.HandleStarted(0);

        Assert.True(call.HandleCompleted(0, Start));
        Assert.Equal(new TaskCallOutcome(Code: null, Attempt: 0), call.Outcome);
        Assert.Equal([TaskCallActionKind.End], Kinds(call));
        Assert.Null(call.NextTimeout);
    }

    [Theory]
    [InlineData((int)TaskFailureCode.Busy)]
    [InlineData((int)TaskFailureCode.UnknownCapability)]
    [InlineData((int)TaskFailureCode.AgentFailed)]
    [InlineData((int)TaskFailureCode.Cancelled)]
    public void A_refusal_before_the_start_sends_the_task_to_the_next_peer_whatever_it_does(int code)
    {
        var call = Sent(idempotent: false);

        call.HandleFailed(0, new TaskFailure((TaskFailureCode)code, "no"), notStarted: true, Start);

        Assert.Equal(B, NextPeer(call, [A, B]));
    }

    [Fact]
    public void A_task_that_provably_never_arrived_goes_to_the_next_peer_whatever_it_does()
    {
        var call = Sent(idempotent: false);

        call.HandleLost(0, mayHaveArrived: false, Start);

        Assert.Equal(B, NextPeer(call, [A, B]));
    }

    [Fact]
    public void A_task_that_may_have_arrived_and_is_not_idempotent_has_an_unknown_outcome()
    {
        var call = Sent(idempotent: false);

        call.HandleLost(0, mayHaveArrived: true, Start);

        Assert.Equal(MeshErrorCode.OutcomeUnknown, call.Outcome?.Code);
        Assert.Equal([TaskCallActionKind.End], Kinds(call));
    }

    [Fact]
    public void A_start_that_was_heard_of_counts_more_than_a_claim_that_nothing_arrived()
    {
        var call = Sent(idempotent: false);
        call.HandleStarted(0);

        call.HandleLost(0, mayHaveArrived: false, Start);

        Assert.Equal(MeshErrorCode.OutcomeUnknown, call.Outcome?.Code);
    }

    [Fact]
    public void An_idempotent_task_goes_to_the_next_peer_when_its_worker_is_lost()
    {
        var call = Sent(idempotent: true);
        call.HandleStarted(0);

        call.HandleLost(0, mayHaveArrived: true, Start);

        Assert.Equal(B, NextPeer(call, [A, B]));
    }

    [Fact]
    public void An_idempotent_task_is_hedged_when_its_tunnel_fails_and_the_first_result_counts()
    {
        var call = Sent(idempotent: true);
        call.HandleSuspected(0, Start);
        Assert.Equal(B, NextPeer(call, [A, B]));
        call.HandleSent(1);

        call.HandleRecovered(0);
        Assert.True(call.HandleCompleted(0, Start));

        var actions = Poll(call);
        Assert.Contains(new TaskCallAction(TaskCallActionKind.AbandonAttempt, 1, Code: TaskStreamCode.Cancelled), actions);
        Assert.False(call.HandleCompleted(1, Start));
        Assert.Equal(0, call.Outcome?.Attempt);
    }

    [Fact]
    public void A_task_that_is_not_idempotent_is_never_hedged()
    {
        var call = Sent(idempotent: false);

        call.HandleSuspected(0, Start);

        Assert.Empty(Poll(call));
    }

    [Fact]
    public void A_stream_that_gave_parts_cannot_be_continued_elsewhere()
    {
        var call = Sent(idempotent: true);
        Assert.True(call.HandlePart(0, Start));

        call.HandleLost(0, mayHaveArrived: true, Start);

        Assert.Equal(MeshErrorCode.OutcomeUnknown, call.Outcome?.Code);
    }

    [Fact]
    public void The_first_part_gives_up_all_other_attempts()
    {
        var call = Sent(idempotent: true);
        call.HandleSuspected(0, Start);
        NextPeer(call, [A, B]);
        call.HandleSent(1);

        Assert.True(call.HandlePart(1, Start));

        Assert.Equal(0, Assert.Single(Poll(call)).Attempt);
        Assert.False(call.HandlePart(0, Start));
        Assert.True(call.HandlePart(1, Start));
    }

    [Fact]
    public void A_tunnel_that_does_not_open_in_time_is_given_up_for_the_next()
    {
        var call = NewCall(idempotent: false);
        NextPeer(call, [A, B]);

        var now = Start + new TaskCallSettings().OpenTimeout;
        call.HandleTimeout(now);

        Assert.Equal(
            new TaskCallAction(TaskCallActionKind.AbandonAttempt, 0, Code: TaskStreamCode.Cancelled), Poll(call)[0]);
        call.HandleCandidates([A, B], now);
        Assert.Equal(B, Assert.Single(Poll(call)).Peer);
    }

    [Fact]
    public void When_all_were_tried_the_round_begins_again_after_a_wait()
    {
        var call = Sent(idempotent: false);
        call.HandleFailed(0, Busy, notStarted: true, Start);
        Poll(call);

        call.HandleCandidates([A], Start);

        Assert.Empty(Poll(call));
        var wait = call.NextTimeout!.Value;
        Assert.InRange(wait - Start, TimeSpan.FromMilliseconds(25), TimeSpan.FromMilliseconds(50));
        call.HandleTimeout(wait);
        Assert.Equal([TaskCallActionKind.AskCandidates], Kinds(call));
        call.HandleCandidates([A], wait);
        Assert.Equal(A, Assert.Single(Poll(call)).Peer);
    }

    [Fact]
    public void Nobody_is_believed_after_the_patience_and_before_the_deadline()
    {
        var call = NewCall(idempotent: true);

        var endedAt = Run(call, (c, now) => c.HandleCandidates([], now));

        Assert.Equal(MeshErrorCode.NoPeers, call.Outcome?.Code);
        Assert.InRange(endedAt - Start, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(6));
    }

    [Fact]
    public void A_short_task_leaves_half_of_its_time_to_nobody()
    {
        var call = new TaskCall(
            new TaskCallSettings(), false, Start + TimeSpan.FromMilliseconds(400), new SimRandom(1), Start);

        var endedAt = Run(call, (c, now) => c.HandleCandidates([], now));

        Assert.Equal(MeshErrorCode.NoPeers, call.Outcome?.Code);
        Assert.InRange(endedAt - Start, TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(400));
    }

    [Fact]
    public void Without_a_backbone_and_a_memory_of_peers_the_task_waits_for_one_until_its_deadline()
    {
        var call = NewCall(idempotent: true);

        var endedAt = Run(call, (c, now) => c.HandleCandidatesFailed(now));

        Assert.Equal(MeshErrorCode.BackboneUnreachable, call.Outcome?.Code);
        Assert.Equal(Deadline, endedAt);
    }

    [Fact]
    public void A_task_that_everyone_refuses_as_busy_ends_as_busy()
    {
        var call = NewCall(idempotent: true);

        Run(
            call,
            (c, now) => c.HandleCandidates([A, B], now),
            (c, attempt, now) => c.HandleFailed(attempt, Busy, notStarted: true, now));

        Assert.Equal(MeshErrorCode.Busy, call.Outcome?.Code);
        Assert.True(call.Attempts.Count <= new TaskCallSettings().MaxAttempts);
    }

    [Fact]
    public void A_task_whose_peers_no_tunnel_reaches_ends_as_unreachable()
    {
        var call = NewCall(idempotent: false);

        Run(call, (c, now) => c.HandleCandidates([A, B], now), (c, attempt, now) => c.HandleLost(attempt, false, now));

        Assert.Equal(MeshErrorCode.Unreachable, call.Outcome?.Code);
    }

    [Theory]
    [InlineData(true, false, MeshErrorCode.DeadlineExceeded)]
    [InlineData(false, false, MeshErrorCode.DeadlineExceeded)]
    [InlineData(true, true, MeshErrorCode.DeadlineExceeded)]
    [InlineData(false, true, MeshErrorCode.OutcomeUnknown)]
    public void The_deadline_ends_the_task_and_tells_the_worker(bool idempotent, bool suspected, MeshErrorCode code)
    {
        var call = Sent(idempotent);
        if (suspected)
        {
            call.HandleSuspected(0, Start);
            Poll(call);
        }

        call.HandleTimeout(Deadline);

        Assert.Equal(code, call.Outcome?.Code);
        Assert.Contains(
            new TaskCallAction(TaskCallActionKind.AbandonAttempt, 0, Code: TaskStreamCode.DeadlineExceeded), Poll(call));
    }

    [Fact]
    public void Cancelling_ends_the_task_and_tells_the_worker()
    {
        var call = Sent(idempotent: false);

        call.HandleCancel(Start);

        Assert.Equal(MeshErrorCode.Cancelled, call.Outcome?.Code);
        Assert.Equal([TaskCallActionKind.AbandonAttempt, TaskCallActionKind.End], Kinds(call));
    }

    [Theory]
    [InlineData((int)TaskFailureCode.AgentFailed, MeshErrorCode.AgentFailed)]
    [InlineData((int)TaskFailureCode.SchemaViolation, MeshErrorCode.SchemaViolation)]
    [InlineData((int)TaskFailureCode.DeadlineExceeded, MeshErrorCode.DeadlineExceeded)]
    public void What_every_node_would_say_is_the_outcome(int said, MeshErrorCode code)
    {
        var call = Sent(idempotent: true);
        call.HandleStarted(0);

        call.HandleFailed(0, new TaskFailure((TaskFailureCode)said, "no"), notStarted: false, Start);

        Assert.Equal(code, call.Outcome?.Code);
    }

    private static TaskFailure Busy => new(TaskFailureCode.Busy, "full");

    private static TaskCall NewCall(bool idempotent) =>
        new(new TaskCallSettings(), idempotent, Deadline, new SimRandom(1), Start);

    private static TaskCall Sent(bool idempotent)
    {
        var call = NewCall(idempotent);
        NextPeer(call, [A, B]);
        call.HandleSent(0);
        return call;
    }

    private static MeshAddress NextPeer(TaskCall call, IReadOnlyList<MeshAddress> ranked)
    {
        Assert.Contains(TaskCallActionKind.AskCandidates, Kinds(call));
        call.HandleCandidates(ranked, Start);
        return Assert.Single(Poll(call), action => action.Kind == TaskCallActionKind.StartAttempt).Peer;
    }

    private static List<TaskCallAction> Poll(TaskCall call)
    {
        var actions = new List<TaskCallAction>();
        while (call.PollAction(out var action))
        {
            actions.Add(action);
        }

        return actions;
    }

    private static IEnumerable<TaskCallActionKind> Kinds(TaskCall call) => Poll(call).Select(action => action.Kind);

    /// <summary>Answers each question and each attempt at once, and moves time from timeout to timeout.</summary>
    private static MonoTime Run(
        TaskCall call, Action<TaskCall, MonoTime> search, Action<TaskCall, int, MonoTime>? attempt = null)
    {
        var now = Start;
        while (true)
        {
            var actions = Poll(call);
            foreach (var action in actions)
            {
                if (action.Kind == TaskCallActionKind.AskCandidates)
                {
                    search(call, now);
                }
                else if (action.Kind == TaskCallActionKind.StartAttempt)
                {
                    attempt!(call, action.Attempt, now);
                }
                else if (action.Kind == TaskCallActionKind.End)
                {
                    return now;
                }
            }

            if (actions.Count == 0 && call.NextTimeout is { } next)
            {
                now = MonoTime.Latest(now, next);
                call.HandleTimeout(now);
            }
        }
    }
}
