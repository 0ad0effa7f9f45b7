using System;
using System.Collections.Generic;
using System.IO;
using MeshActors.Host.Demo.Fleet;
using Xunit;

namespace MeshActors.Host.Tests.Demo.Fleet;

public sealed class TaskJournalTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void What_began_can_be_read_while_the_worker_lives_and_in_order()
    {
        var path = Path.Combine(_directory.Root, "journal");
        using var journal = new TaskJournal(path);
        journal.Began("demo-0002");
        journal.Began("demo-0001");

        Assert.Equal(["demo-0002", "demo-0001"], JournalReading.Read(path).Began);
        Assert.Equal(1, JournalReading.Read(path).CountIn(new HashSet<string> { "demo-0001", "demo-0009" }));
    }

    [Fact]
    public void A_task_that_ran_twice_is_seen_also_over_a_restart()
    {
        var path = Path.Combine(_directory.Root, "journal");
        using (var first = new TaskJournal(path))
        {
            first.Began("a");
            first.Began("b");
            first.Began("b");
            first.Began("b");
        }

        using var second = new TaskJournal(path);
        second.Began("a");

        Assert.Equal(2, JournalReading.Read(path).RunTwice);
    }

    [Theory]
    [InlineData("")]
    [InlineData("two\nlines")]
    [InlineData("../x")]
    public void An_id_is_one_plain_word(string id)
    {
        using var journal = new TaskJournal(Path.Combine(_directory.Root, "journal"));

        Assert.Throws<ArgumentException>(() => journal.Began(id));
    }

    [Fact]
    public void No_journal_is_a_worker_that_began_nothing() =>
        Assert.Empty(JournalReading.Read(Path.Combine(_directory.Root, "none")).Began);
}
