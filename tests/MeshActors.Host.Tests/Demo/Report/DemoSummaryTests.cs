using MeshActors.Host.Cli;
using MeshActors.Host.Demo.Report;
using Xunit;

namespace MeshActors.Host.Tests.Demo.Report;

public sealed class DemoSummaryTests
{
    private static readonly DemoArguments Options = new(Input: null, Agents: 3, Tasks: 240, KillBackbone: false);

    private static readonly DemoSummary Good = new(240, 240, 0, 0, 1, 1, 2, new PathCounts(3, 0, 0), 4, 1_000, 0);

    [Fact]
    public void Figures_that_hold_are_no_error() => Assert.Null(Good.Judge(Options, firstFailure: null).Error);

    [Fact]
    public void Each_figure_that_does_not_hold_has_a_code_and_a_hint()
    {
        Assert.Equal("tasks-lost", Error(Good with { TasksCompleted = 239 }));
        Assert.Equal("tasks-lost", Error(Good with { TasksSubmitted = 241 }));
        Assert.Equal("tasks-lost", Error(Good with { TasksFailed = 1 }));
        Assert.Equal("duplicates", Error(Good with { Duplicates = 1 }));
        Assert.Equal("no-kill", Error(Good with { WorkersKilled = 0 }));
        Assert.Equal("no-restart", Error(Good with { BackboneRestarts = 1 }));

        static string? Error(DemoSummary summary)
        {
            var judged = summary.Judge(Options, firstFailure: null);
            Assert.NotNull(judged.Message);
            Assert.NotNull(judged.Hint);
            return judged.Error;
        }
    }

    [Fact]
    public void A_backbone_that_was_to_be_killed_must_have_come_back()
    {
        var options = Options with { KillBackbone = true };

        Assert.Equal("no-restart", Good.Judge(options, firstFailure: null).Error);
        Assert.Null((Good with { BackboneRestarts = 1 }).Judge(options, firstFailure: null).Error);
    }
}
