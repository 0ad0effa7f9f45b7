using System;
using System.Collections.Generic;
using System.Linq;
using CsCheck;
using MeshActors.Tasks;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Time;
using MeshActors.Wire;
using Xunit;

namespace MeshActors.Tests.Tasks;

/// <summary>Workers, tunnels and directories that do anything in any order, as a seed says.</summary>
public sealed class TaskCallPropertyTests
{
    private static readonly TimeSpan Allowed = TimeSpan.FromSeconds(20);

    [Fact]
    public void Every_task_ends_once_and_by_its_deadline() =>
        Gen.Select(Gen.ULong, Gen.Bool).Sample((seed, idempotent) =>
        {
            var run = new Run(seed, idempotent);
            run.Play();
            return run.Ends == 1 && run.EndedAt <= run.Deadline && run.Call.NextTimeout is null;
        });

    [Fact]
    public void A_task_that_is_not_idempotent_never_begins_on_two_peers() =>
        Gen.ULong.Sample(seed =>
        {
            var run = new Run(seed, idempotent: false);
            run.Play();
            return run.Begun.Count <= 1;
        });

    [Fact]
    public void A_task_that_did_not_begin_anywhere_is_never_of_unknown_outcome_when_its_tunnels_held() =>
        Gen.ULong.Sample(seed =>
        {
            var run = new Run(seed, idempotent: false, tunnelsFail: false);
            run.Play();
            return run.Call.Outcome!.Code != MeshErrorCode.OutcomeUnknown || run.Begun.Count > 0;
        });

    [Fact]
    public void Every_attempt_is_given_up_or_has_ended_when_the_task_has() =>
        Gen.Select(Gen.ULong, Gen.Bool).Sample((seed, idempotent) =>
        {
            var run = new Run(seed, idempotent);
            run.Play();
            return run.Call.Attempts.All(attempt => !attempt.IsActive) && run.Open.Count == 0;
        });

    [Fact]
    public void Parts_come_from_one_attempt_only() =>
        Gen.Select(Gen.ULong, Gen.Bool).Sample((seed, idempotent) =>
        {
            var run = new Run(seed, idempotent);
            run.Play();
            return run.PartsFrom.Count <= 1;
        });

    /// <summary>One task in one world; events come at random, time passes between them.</summary>
    private sealed class Run
    {
        private static readonly MeshAddress[] Peers = [new(0, 1), new(0, 2), new(0, 3)];

        private readonly SimRandom _random;
        private readonly bool _tunnelsFail;
        private MonoTime _now;
        private bool _asked;

        public Run(ulong seed, bool idempotent, bool tunnelsFail = true)
        {
            _random = new SimRandom(seed);
            _tunnelsFail = tunnelsFail;
            Deadline = _now + Allowed;
            Call = new TaskCall(new TaskCallSettings(), idempotent, Deadline, _random, _now);
        }

        public TaskCall Call { get; }

        public MonoTime Deadline { get; }

        public int Ends { get; private set; }

        public MonoTime EndedAt { get; private set; }

        /// <summary>Attempts whose agent began, known or not.</summary>
        public HashSet<int> Begun { get; } = [];

        /// <summary>Attempts that were started and neither ended nor were given up.</summary>
        public HashSet<int> Open { get; } = [];

        public HashSet<int> PartsFrom { get; } = [];

        public void Play()
        {
            Do();
            while (Call.Outcome is null)
            {
                _now = MonoTime.Latest(_now, new MonoTime(Math.Min(
                    (_now + TimeSpan.FromMilliseconds(_random.Below(400))).Ticks, Call.NextTimeout!.Value.Ticks)));
                Happen();
                Do();
                Call.HandleTimeout(_now);
                Do();
            }
        }

        private void Happen()
        {
            if (_asked && _random.Below(2) == 0)
            {
                _asked = false;
                if (_random.Below(8) == 0)
                {
                    Call.HandleCandidatesFailed(_now);
                }
                else
                {
                    Call.HandleCandidates([.. Peers.Take(_random.Below(Peers.Length + 1))], _now);
                }
            }

            if (Open.Count == 0)
            {
                return;
            }

            var attempt = Open.Order().ElementAt(_random.Below(Open.Count));
            var failure = new TaskFailure((TaskFailureCode)_random.Below(9), "x");
            switch (_random.Below(10))
            {
                case 0 or 1:
                    Call.HandleSent(attempt);
                    break;
                case 2:
                    // A worker can begin only what was sent to it.
                    if (Call.Attempts[attempt].State != TaskAttemptState.Opening)
                    {
                        Begun.Add(attempt);
                    }

                    break;
                case 3 when Begun.Contains(attempt):
                    Call.HandleStarted(attempt);
                    break;
                case 4 when Begun.Contains(attempt):
                    if (Call.HandlePart(attempt, _now))
                    {
                        PartsFrom.Add(attempt);
                    }

                    break;
                case 5 when Begun.Contains(attempt) && _random.Below(3) == 0:
                    Call.HandleCompleted(attempt, _now);
                    Open.Remove(attempt);
                    break;
                case 6:
                    Call.HandleFailed(attempt, failure, notStarted: !Begun.Contains(attempt), _now);
                    Open.Remove(attempt);
                    break;
                case 7 when _tunnelsFail || Call.Attempts[attempt].State == TaskAttemptState.Opening:
                    var arrived = Begun.Contains(attempt)
                        || (Call.Attempts[attempt].State != TaskAttemptState.Opening && _random.Below(2) == 0);
                    Call.HandleLost(attempt, arrived, _now);
                    Open.Remove(attempt);
                    break;
                case 8 when _tunnelsFail:
                    Call.HandleSuspected(attempt, _now);
                    break;
                case 9:
                    Call.HandleRecovered(attempt);
                    break;
            }
        }

        private void Do()
        {
            while (Call.PollAction(out var action))
            {
                switch (action.Kind)
                {
                    case TaskCallActionKind.AskCandidates:
                        _asked = true;
                        break;
                    case TaskCallActionKind.StartAttempt:
                        Open.Add(action.Attempt);
                        break;
                    case TaskCallActionKind.AbandonAttempt:
                        Open.Remove(action.Attempt);
                        break;
                    default:
                        Ends++;
                        EndedAt = _now;
                        break;
                }
            }
        }
    }
}
