using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using Xunit;

namespace MeshActors.EndToEnd.Tests;

/// <summary>The README's first command, as a process among processes.</summary>
public sealed class DemoTests : IDisposable
{
    /// <summary>A backbone, a relay and three workers.</summary>
    private const int Processes = 5;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryDirectory _temporary = new();

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public async Task Every_task_is_done_once_although_a_worker_is_killed_half_way()
    {
        using var run = await ProgramRun.ToEndAsync(_temporary.Root, Patience, "demo", "--json");

        Assert.True(run.ExitCode == 0, run.Errors);
        var lines = run.Json();
        var summary = lines[^1];
        AssertSummary(summary, tasks: 240);
        Assert.Equal(0, summary.GetProperty("backboneRestarts").GetInt32());
        Assert.InRange(summary.GetProperty("durationMs").GetDouble(), 1, 25_000);
        AssertTasks(lines[..^1], tasks: 240, summary);
        AssertFindings(lines[..^1]);
        AssertNothingLeft();
    }

    [Fact]
    public async Task A_backbone_that_is_killed_and_comes_back_costs_no_task()
    {
        using var run = await ProgramRun.ToEndAsync(_temporary.Root, Patience, "demo", "--json", "--kill-backbone", "--agents", "4");

        Assert.True(run.ExitCode == 0, run.Errors);
        AssertSummary(run.Json()[^1], tasks: 240);
        Assert.Equal(1, run.Json()[^1].GetProperty("backboneRestarts").GetInt32());
        Assert.Contains("registered again", run.Errors, StringComparison.Ordinal);
        AssertNothingLeft();
    }

    [Fact]
    public async Task People_get_plain_lines_and_tables_when_it_is_no_terminal()
    {
        using var run = await ProgramRun.ToEndAsync(_temporary.Root, Patience, "demo", "--tasks", "60", "--agents", "2");

        Assert.True(run.ExitCode == 0, run.Errors);
        var text = string.Join('\n', run.Output);
        foreach (var expected in (string[])["60 of 60 tasks", "SIGKILL", "keyword", "reading ease", "ran or ended twice", "99th percentile"])
        {
            Assert.Contains(expected, text, StringComparison.Ordinal);
        }

        Assert.DoesNotContain('\u001b', text);
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("HUP")]
    public async Task No_process_and_no_file_outlives_an_interrupted_demo(string signal)
    {
        using var run = ProgramRun.Start(_temporary.Root, "demo", "--json", "--tasks", "20000");
        await run.WaitForLineAsync("\"kind\":\"task\"", Patience);
        var children = ChildProcesses.Of(run.ProcessId);

        run.Signal(signal);
        await run.WaitForEndAsync(TimeSpan.FromSeconds(10));

        Assert.Equal(Processes, children.Count);
        Assert.Equal(1, run.ExitCode);
        Assert.Equal("stopped", run.Json()[^1].GetProperty("error").GetString());
        Assert.All(children, child => Assert.False(child.IsRunning));
        AssertNothingLeft();
    }

    [Fact]
    public async Task Workers_and_backbone_end_by_themselves_when_their_parent_is_killed()
    {
        using var run = ProgramRun.Start(_temporary.Root, "demo", "--json", "--tasks", "20000");
        await run.WaitForLineAsync("\"kind\":\"task\"", Patience);
        var children = ChildProcesses.Of(run.ProcessId);

        run.Signal("KILL");

        Assert.Equal(Processes, children.Count);
        foreach (var child in children)
        {
            await child.WaitForEndAsync(TimeSpan.FromSeconds(10));
        }
    }

    [Theory]
    [InlineData("--agents", "1")]
    [InlineData("--agents", "many")]
    [InlineData("--tasks", "0")]
    [InlineData("--input", "/nowhere/at/all")]
    [InlineData("--colour", "blue")]
    public async Task A_wrong_command_line_is_said_at_once(string option, string value)
    {
        using var run = await ProgramRun.ToEndAsync(_temporary.Root, Patience, "demo", "--json", option, value);

        Assert.Equal(2, run.ExitCode);
        Assert.Equal("usage", run.Json()[^1].GetProperty("error").GetString());
        Assert.NotEmpty(run.Json()[^1].GetProperty("hint").GetString()!);
    }

    [Fact]
    public async Task A_directory_without_texts_is_an_error_with_a_hint()
    {
        _temporary.Write("input/picture.png", "no text");

        using var run = await ProgramRun.ToEndAsync(
            _temporary.Root, Patience, "demo", "--json", "--input", _temporary.PathOf("input"));

        Assert.Equal(1, run.ExitCode);
        Assert.Equal("no-input", run.Json()[^1].GetProperty("error").GetString());
        Assert.Contains("1 of another kind", run.Json()[^1].GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    private static void AssertSummary(JsonElement summary, int tasks)
    {
        Assert.Equal("summary", summary.GetProperty("kind").GetString());
        Assert.Equal(tasks, summary.GetProperty("tasksSubmitted").GetInt32());
        Assert.Equal(tasks, summary.GetProperty("tasksCompleted").GetInt32());
        Assert.Equal(0, summary.GetProperty("tasksFailed").GetInt32());
        Assert.Equal(0, summary.GetProperty("duplicates").GetInt32());
        Assert.Equal(1, summary.GetProperty("workersKilled").GetInt32());
        Assert.True(summary.GetProperty("retries").GetInt32() >= 0);
        var p50 = summary.GetProperty("latencyP50Ms").GetDouble();
        Assert.InRange(p50, 0.01, 5_000);
        Assert.InRange(summary.GetProperty("latencyP99Ms").GetDouble(), p50, 20_000);
        var paths = summary.GetProperty("paths");
        Assert.True(paths.GetProperty("direct").GetInt32() > 0);
        Assert.Equal(0, paths.GetProperty("punched").GetInt32());
        Assert.Equal(0, paths.GetProperty("relayed").GetInt32());
        Assert.False(summary.TryGetProperty("error", out _));
    }

    private static void AssertTasks(List<JsonElement> lines, int tasks, JsonElement summary)
    {
        Assert.Equal(tasks, lines.Count);
        Assert.All(lines, line => Assert.Equal("task", line.GetProperty("kind").GetString()));
        Assert.Equal(tasks, lines.Select(line => line.GetProperty("id").GetString()).Distinct().Count());
        Assert.All(lines, line => Assert.Equal(JsonValueKind.Object, line.GetProperty("result").ValueKind));
        Assert.Equal(
            summary.GetProperty("retries").GetInt32(), lines.Sum(line => line.GetProperty("attempts").GetInt32() - 1));
        Assert.Equal(3, lines.Select(line => line.GetProperty("capability").GetString()).Distinct().Count());

        // All three worked; the killed one did not after half, so that two did the last quarter.
        Assert.Equal(3, Workers(lines).Count());
        Assert.Equal(2, Workers(lines[(tasks * 3 / 4)..]).Count());

        static IEnumerable<string> Workers(IEnumerable<JsonElement> lines) =>
            lines.Select(line => line.GetProperty("worker").GetString()!).Distinct();
    }

    /// <summary>The project's documents cite RFCs and each other; what they are called stands in the documents
    /// too.</summary>
    private static void AssertFindings(List<JsonElement> lines)
    {
        var results = lines.Select(line => line.GetProperty("result")).ToList();
        var words = results.Where(result => result.TryGetProperty("words", out _)).Sum(result => result.GetProperty("words").GetInt32());
        Assert.InRange(words, 1_000, 1_000_000);
        Assert.Contains(
            results,
            result => result.TryGetProperty("items", out var items) && items.EnumerateArray().Any(
                item => item.TryGetProperty("kind", out var kind)
                    && kind.GetString() == "rfc"
                    && item.GetProperty("title").ValueKind == JsonValueKind.String));
    }

    private void AssertNothingLeft() => Assert.Empty(Directory.GetFileSystemEntries(_temporary.Root, "meshactors-demo-*"));
}
