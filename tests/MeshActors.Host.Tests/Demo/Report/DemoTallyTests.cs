using System;
using System.Linq;
using CsCheck;
using MeshActors.Host.Demo;
using MeshActors.Host.Demo.Report;
using MeshActors.Host.Demo.Texts;
using Xunit;

namespace MeshActors.Host.Tests.Demo.Report;

public sealed class DemoTallyTests
{
    [Fact]
    public void The_first_outcome_counts_and_each_further_one_is_a_duplicate()
    {
        var tally = new DemoTally();
        tally.HandleSubmitted(TaskOf(1));
        tally.HandleSubmitted(TaskOf(2));
        Assert.Equal(["demo-0001", "demo-0002"], tally.Running.Order(StringComparer.Ordinal));

        tally.HandleOutcome(Done(1, ms: 5, attempts: 3));
        tally.HandleOutcome(Failed(1));
        tally.HandleOutcome(Failed(1));
        tally.HandleOutcome(Failed(2));

        Assert.Equal((2, 1, 1, 1), (tally.Submitted, tally.Completed, tally.Failed, tally.Duplicates));
        Assert.Equal(2, tally.Retries);
        Assert.Empty(tally.Running);
        Assert.Equal([5], tally.Latencies());
    }

    [Fact]
    public void A_task_is_submitted_once()
    {
        var tally = new DemoTally();
        tally.HandleSubmitted(TaskOf(1));
        Assert.Throws<ArgumentException>(() => tally.HandleSubmitted(TaskOf(1)));

        tally.HandleOutcome(Done(1));
        Assert.Throws<ArgumentException>(() => tally.HandleSubmitted(TaskOf(1)));
    }

    [Fact]
    public void What_is_submitted_is_running_or_has_ended() =>
        Gen.Select(Gen.Int[1, 20], Gen.Int[0, 2]).List[0, 60].Sample(steps =>
        {
            var tally = new DemoTally();
            foreach (var (number, what) in steps)
            {
                var known = tally.Running.Contains(TaskOf(number).Id) || tally.Outcomes.Any(outcome => outcome.Task.Id == TaskOf(number).Id);
                if (!known)
                {
                    tally.HandleSubmitted(TaskOf(number));
                }
                else
                {
                    tally.HandleOutcome(what == 0 ? Failed(number) : Done(number));
                }
            }

            Assert.Equal(tally.Submitted, tally.Running.Count + tally.Completed + tally.Failed);
            Assert.Equal(tally.Completed + tally.Failed, tally.Outcomes.Count);
        });

    private static PlannedTask TaskOf(int number) =>
        new($"demo-{number:0000}", DemoCapabilities.TextStatistics, new TextChunk("a.md", 1, "", "text"));

    private static DemoOutcome Done(int number, double ms = 1, int attempts = 1) =>
        new(TaskOf(number), "0:0000.0000.0001", ms, attempts, new object());

    private static DemoOutcome Failed(int number) =>
        new(TaskOf(number), Worker: null, 1, 1, Result: null, "no-peers", "hint");
}
