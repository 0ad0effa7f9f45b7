using System;
using System.IO;
using System.Threading.Tasks;
using MeshActors.Host.Demo.Agents;
using MeshActors.Host.Demo.Report;
using Spectre.Console;
using Xunit;

namespace MeshActors.Host.Tests.Demo.Report;

public sealed class DemoViewTests : IDisposable
{
    private readonly StringWriter _written = new();

    public void Dispose() => _written.Dispose();

    [Fact]
    public async Task Progress_is_said_in_quarters_when_it_is_no_terminal()
    {
        await View().ShowProgressAsync(8, ended =>
        {
            for (var i = 1; i <= 8; i++)
            {
                ended(i);
            }

            return Task.CompletedTask;
        });

        Assert.Equal("2 of 8 tasks\n4 of 8 tasks\n6 of 8 tasks\n8 of 8 tasks\n", _written.ToString());
    }

    [Fact]
    public void Texts_of_the_input_are_shown_as_they_are_and_never_as_mark_up()
    {
        var citation = new Citation("rfc", "RFC [red]1[/]", 1, "[bold]A title[/]", "a.md:1");
        var findings = new CorpusFindings(1, 1, 100, [("[x]", 1, 1)], [citation], 1, 1);

        View().ShowEnd(
            new DemoSummary(1, 1, 0, 0, 1, 1, 1, new PathCounts(1, 0, 0), 0, 1, 0, "duplicates", "1 task ran twice", "run it again"),
            [new WorkerLine("worker-1", "0:0000.0000.0001", 7, 1, 1, Killed: true)],
            findings);

        var text = _written.ToString();
        foreach (var expected in (string[])["RFC [red]1[/]", "[bold]A title[/]", "[x]", "SIGKILL", "error: duplicates", "hint: run it again"])
        {
            Assert.Contains(expected, text, StringComparison.Ordinal);
        }

        Assert.DoesNotContain('\u001b', text);
    }

    private DemoView View()
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(_written),
        });
        console.Profile.Width = 160;
        return new DemoView(console);
    }
}
