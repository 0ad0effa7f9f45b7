using System;
using System.Collections.Generic;
using System.Globalization;
using System.Threading.Tasks;
using MeshActors.Host.Cli;
using MeshActors.Host.Demo.Texts;
using Spectre.Console;

namespace MeshActors.Host.Demo.Report;

/// <summary>What people see of the demo: a progress bar on a terminal, plain lines elsewhere, tables at the
/// end.</summary>
/// <remarks>Texts of the input are escaped: they cannot change colours. One caller at a time, but for
/// <see cref="Say"/>.</remarks>
internal sealed class DemoView
{
    private const int MaxNotes = 5;
    private const int MaxTitleChars = 70;

    private readonly IAnsiConsole _console;

    public DemoView(IAnsiConsole console)
    {
        _console = console;
    }

    /// <summary>One line.</summary>
    public void Say(string line) => _console.WriteLine(line);

    /// <summary>What is worked on, and what was left out of it.</summary>
    public void ShowInput(InputFolder folder, TextCorpus corpus, DemoArguments options)
    {
        Say(string.Create(
            CultureInfo.InvariantCulture,
            $"{corpus.Files.Length} texts, {corpus.Characters} characters below {folder.Root}"));
        Say(string.Create(CultureInfo.InvariantCulture, $"{options.Tasks} tasks for {options.Agents} workers"));
        foreach (var note in corpus.Notes.AsSpan(0, Math.Min(MaxNotes, corpus.Notes.Length)))
        {
            Say("  " + note);
        }

        if (corpus.Notes.Length > MaxNotes)
        {
            Say(string.Create(CultureInfo.InvariantCulture, $"  and {corpus.Notes.Length - MaxNotes} more notes"));
        }
    }

    /// <summary>Shows how far the work is while it runs.</summary>
    /// <param name="tasks">Tasks in all.</param>
    /// <param name="work">Is given what to call with the number of tasks that have ended.</param>
    public Task ShowProgressAsync(int tasks, Func<Action<int>, Task> work)
    {
        if (!_console.Profile.Capabilities.Interactive)
        {
            return work(Quarters(tasks));
        }

        return _console.Progress()
            .Columns(
                new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .StartAsync(async context =>
            {
                var bar = context.AddTask("tasks", maxValue: tasks);
                await work(ended => bar.Value = ended);
            });
    }

    /// <summary>The closing tables.</summary>
    public void ShowEnd(DemoSummary summary, IReadOnlyList<WorkerLine> workers, CorpusFindings findings)
    {
        ShowFindings(findings);
        ShowWorkers(workers);
        ShowFigures(summary);
        if (summary.Error is not null)
        {
            ShowFailure(summary.Error, summary.Message ?? string.Empty, summary.Hint ?? string.Empty);
        }
    }

    /// <summary>Why it did not work, and what to do.</summary>
    public void ShowFailure(string error, string message, string hint)
    {
        Say($"error: {error}: {message}");
        Say($"hint: {hint}");
    }

    private Action<int> Quarters(int tasks)
    {
        var said = 0;
        return ended =>
        {
            var quarter = (int)((long)ended * 4 / tasks);
            if (quarter > said)
            {
                said = quarter;
                Say(string.Create(CultureInfo.InvariantCulture, $"{ended} of {tasks} tasks"));
            }
        };
    }

    private void ShowFindings(CorpusFindings findings)
    {
        Say(string.Empty);
        var ease = findings.ReadingEase.ToString("0.0", CultureInfo.InvariantCulture);
        Say($"{findings.Words} words in {findings.Sentences} sentences, Flesch reading ease {ease}");
        var keywords = NewTable("keyword", "pieces it stands out in", "score");
        foreach (var (word, pieces, score) in findings.Keywords)
        {
            Add(keywords, word, pieces, score.ToString("0.0", CultureInfo.InvariantCulture));
        }

        _console.Write(keywords);
        var citations = NewTable("cited", "times", "title in the texts", "where");
        foreach (var citation in findings.Citations)
        {
            Add(citations, Cut(citation.Target), citation.Count, Cut(citation.Title ?? "-"), citation.TitleAt ?? "-");
        }

        _console.Write(citations);
        Say(string.Create(
            CultureInfo.InvariantCulture,
            $"{findings.CitationsResolved} of {findings.CitationsInAll} different citations have a title here"));
    }

    private void ShowWorkers(IReadOnlyList<WorkerLine> workers)
    {
        Say(string.Empty);
        var table = NewTable("worker", "address", "process", "began", "completed", "end");
        foreach (var worker in workers)
        {
            var end = worker.Killed ? "SIGKILL half way" : "stopped";
            Add(table, worker.Name, worker.Address, worker.ProcessId, worker.Began, worker.Completed, end);
        }

        _console.Write(table);
    }

    private void ShowFigures(DemoSummary summary)
    {
        var table = NewTable("figure", "value");
        Add(table, "tasks submitted", summary.TasksSubmitted);
        Add(table, "tasks completed", summary.TasksCompleted);
        Add(table, "tasks failed", summary.TasksFailed);
        Add(table, "ran or ended twice", summary.Duplicates);
        Add(table, "tried again on another worker", summary.Retries);
        Add(table, "workers killed", summary.WorkersKilled);
        Add(table, "backbone restarts", summary.BackboneRestarts);
        Add(table, "latency, median", Milliseconds(summary.LatencyP50Ms));
        Add(table, "latency, 99th percentile", Milliseconds(summary.LatencyP99Ms));
        var paths = summary.Paths;
        Add(table, "tunnels direct, punched, relayed", $"{paths.Direct}, {paths.Punched}, {paths.Relayed}");
        Add(table, "time for all tasks", Milliseconds(summary.DurationMs));
        _console.Write(table);
    }

    private static string Milliseconds(double value) => value.ToString("0.0", CultureInfo.InvariantCulture) + " ms";

    private static string Cut(string text) => text.Length <= MaxTitleChars ? text : text[..(MaxTitleChars - 1)] + "…";

    private static Table NewTable(params string[] columns)
    {
        var table = new Table { Border = TableBorder.Simple };
        foreach (var column in columns)
        {
            table.AddColumn(column);
        }

        return table;
    }

    private static void Add(Table table, params object[] cells)
    {
        var texts = new List<Text>(cells.Length);
        foreach (var cell in cells)
        {
            texts.Add(new Text(Convert.ToString(cell, CultureInfo.InvariantCulture) ?? string.Empty));
        }

        table.AddRow(texts);
    }
}
