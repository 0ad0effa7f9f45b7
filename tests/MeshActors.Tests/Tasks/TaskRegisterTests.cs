using System;
using System.Collections.Generic;
using System.Linq;
using CsCheck;
using MeshActors.Tasks;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Time;
using MeshActors.Wire;
using Xunit;

namespace MeshActors.Tests.Tasks;

public sealed class TaskRegisterTests
{
    private static readonly MonoTime Start = new(0);
    private static readonly MeshAddress Caller = new(0, 1);

    [Fact]
    public void A_task_is_taken_once_and_its_outcome_is_kept_for_whoever_asks_again()
    {
        var register = new TaskRegister(new TaskRegisterSettings());
        Assert.True(register.TryAdmit(Key(1), "desk", TaskPriority.Normal));
        Assert.Equal(TaskStanding.Running, register.Find(Key(1), out _));

        var done = Completed(bytes: 10);
        register.HandleEnded(Key(1), done, Start);

        Assert.Equal(TaskStanding.Ended, register.Find(Key(1), out var kept));
        Assert.Same(done, kept);
        Assert.Equal(0, register.Running);
    }

    [Fact]
    public void The_same_id_of_another_caller_is_another_task()
    {
        var register = new TaskRegister(new TaskRegisterSettings());
        register.TryAdmit(Key(1), "desk", TaskPriority.Normal);

        Assert.Equal(TaskStanding.Unknown, register.Find(Key(1) with { Caller = new MeshAddress(0, 2) }, out _));
    }

    [Fact]
    public void A_task_refused_before_its_agent_began_may_come_back()
    {
        var register = new TaskRegister(new TaskRegisterSettings());
        register.TryAdmit(Key(1), "desk", TaskPriority.Normal);
        var refused = new TaskTranscript();
        refused.AddFailed(new TaskFailure(TaskFailureCode.SchemaViolation, "no"));

        register.HandleEnded(Key(1), refused, Start);

        Assert.Equal(TaskStanding.Unknown, register.Find(Key(1), out _));
        Assert.Equal(0, register.RunningAt("desk"));
    }

    [Fact]
    public void An_outcome_is_forgotten_after_its_lifetime()
    {
        var settings = new TaskRegisterSettings();
        var register = new TaskRegister(settings);
        register.TryAdmit(Key(1), "desk", TaskPriority.Normal);
        register.HandleEnded(Key(1), Completed(bytes: 10), Start);

        register.Expire(Start + settings.OutcomeLifetime - TimeSpan.FromTicks(1));
        Assert.Equal(TaskStanding.Ended, register.Find(Key(1), out _));
        register.Expire(Start + settings.OutcomeLifetime);
        Assert.Equal(TaskStanding.Unknown, register.Find(Key(1), out _));
    }

    [Fact]
    public void What_ran_when_the_task_plane_was_restarted_never_runs_again()
    {
        var register = new TaskRegister(new TaskRegisterSettings());
        register.TryAdmit(Key(1), "desk", TaskPriority.Normal);

        register.HandleRestart(Start);

        Assert.Equal(TaskStanding.Forgotten, register.Find(Key(1), out _));
        Assert.Equal((0, 0), (register.Running, register.RunningAt("desk")));
    }

    [Fact]
    public void When_outcomes_take_too_many_bytes_the_oldest_keep_their_id_only()
    {
        var register = new TaskRegister(new TaskRegisterSettings { MaxOutcomeBytes = 1_000 });
        for (var id = 1; id <= 3; id++)
        {
            register.TryAdmit(Key(id), "desk", TaskPriority.Normal);
            register.HandleEnded(Key(id), Completed(bytes: 400), Start);
        }

        Assert.Equal(TaskStanding.Forgotten, register.Find(Key(1), out _));
        Assert.Equal(TaskStanding.Ended, register.Find(Key(2), out _));
        Assert.Equal(TaskStanding.Ended, register.Find(Key(3), out _));
    }

    [Theory]
    [InlineData(TaskPriority.Low, 5)]
    [InlineData(TaskPriority.Normal, 9)]
    [InlineData(TaskPriority.High, 10)]
    public void The_priority_says_how_full_the_node_may_be(TaskPriority priority, int taken)
    {
        var register = new TaskRegister(new TaskRegisterSettings { MaxRunning = 10 });

        var admitted = Enumerable.Range(1, 20).Count(id => register.TryAdmit(Key(id), "desk", priority));

        Assert.Equal(taken, admitted);
    }

    [Fact]
    public void A_full_agent_leaves_room_to_others()
    {
        var register = new TaskRegister(new TaskRegisterSettings { MaxRunningPerAgent = 2 });
        Assert.True(register.TryAdmit(Key(1), "desk", TaskPriority.High));
        Assert.True(register.TryAdmit(Key(2), "desk", TaskPriority.High));

        Assert.False(register.TryAdmit(Key(3), "desk", TaskPriority.High));
        Assert.True(register.TryAdmit(Key(3), "other-desk", TaskPriority.High));
    }

    /// <summary>Compares with the plain model: sets of what runs and of what was done, nothing ever forgotten in time.</summary>
    [Fact]
    public void No_task_runs_twice_and_the_counts_are_those_of_the_model() =>
        Gen.Select(Gen.Int[1, 12], Gen.Int[0, 2], Gen.Bool).Array[0, 200].Sample(steps =>
        {
            var register = new TaskRegister(new TaskRegisterSettings { MaxRunning = 6, MaxRunningPerAgent = 4 });
            var running = new Dictionary<int, string>();
            var done = new HashSet<int>();
            foreach (var (id, agentNumber, refused) in steps)
            {
                var agent = $"agent-{agentNumber}";
                switch (register.Find(Key(id), out _))
                {
                    case TaskStanding.Unknown:
                        var room = running.Count < 6 && running.Values.Count(name => name == agent) < 4;
                        if (running.ContainsKey(id) || done.Contains(id)
                            || register.TryAdmit(Key(id), agent, TaskPriority.High) != room)
                        {
                            return false;
                        }

                        if (room)
                        {
                            running.Add(id, agent);
                        }

                        break;
                    case TaskStanding.Running:
                        if (!running.Remove(id))
                        {
                            return false;
                        }

                        register.HandleEnded(Key(id), refused ? Refused() : Completed(bytes: 8), Start);
                        if (!refused)
                        {
                            done.Add(id);
                        }

                        break;
                    default:
                        if (!done.Contains(id))
                        {
                            return false;
                        }

                        break;
                }

                if (register.Running != running.Count || register.Outcomes != done.Count)
                {
                    return false;
                }
            }

            return true;
        });

    private static TaskKey Key(int id) => new(Caller, new TaskId((UInt128)id));

    private static TaskTranscript Completed(int bytes)
    {
        var transcript = new TaskTranscript();
        transcript.AddStarted();
        transcript.AddCompleted(new byte[bytes]);
        return transcript;
    }

    private static TaskTranscript Refused()
    {
        var transcript = new TaskTranscript();
        transcript.AddFailed(new TaskFailure(TaskFailureCode.Busy, "no"));
        return transcript;
    }
}
