using System;
using System.Linq;
using CsCheck;
using MeshActors.Host.Demo;
using MeshActors.Host.Demo.Texts;
using Xunit;

namespace MeshActors.Host.Tests.Demo;

public sealed class TaskPlanTests
{
    [Fact]
    public void Any_corpus_gives_as_many_tasks_as_are_wanted_and_every_id_once() =>
        Gen.Select(Gen.Int[1, 300_000], Gen.Int[TaskPlan.MinTasks, 600]).Sample(
            (length, tasks) =>
            {
                var plan = TaskPlan.Make(CorpusOf(length), tasks);

                Assert.Equal(tasks, plan.Count);
                Assert.Equal(tasks, plan.Select(task => task.Id).Distinct(StringComparer.Ordinal).Count());
                foreach (var capability in DemoCapabilities.All)
                {
                    Assert.InRange(plan.Count(task => task.Capability == capability), tasks / 3, (tasks / 3) + 1);
                }
            },
            iter: 40);

    [Fact]
    public void A_corpus_that_suffices_is_met_whole_by_every_capability()
    {
        var corpus = CorpusOf(80_000);

        var plan = TaskPlan.Make(corpus, 240);

        var met = plan.Where(task => task.Capability == DemoCapabilities.TextStatistics).Sum(task => task.Chunk.Text.Length);
        Assert.InRange(met, corpus.Characters * 9 / 10, corpus.Characters * 11 / 10);
    }

    [Theory]
    [InlineData(6_000, 60)]
    [InlineData(2_000, 45)]
    public void A_small_corpus_is_cut_differently_in_each_pass(int length, int differentOf80)
    {
        var plan = TaskPlan.Make(CorpusOf(length), 240);

        var texts = plan
            .Where(task => task.Capability == DemoCapabilities.TextStatistics)
            .Select(task => task.Chunk.Text)
            .ToList();
        Assert.Equal(80, texts.Count);
        Assert.InRange(texts.Distinct(StringComparer.Ordinal).Count(), differentOf80, 80);
    }

    private static TextCorpus CorpusOf(int length)
    {
        var words = string.Join(' ', Enumerable.Range(0, (length / 6) + 1).Select(i => $"word{i}" + (i % 11 == 10 ? ".\n\n" : "")));
        return new TextCorpus([new TextFile("a.md", words[..Math.Min(length, words.Length)])], []);
    }
}
