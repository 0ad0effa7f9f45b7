using System;
using System.IO;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;
using MeshActors.Host.Cli;
using MeshActors.Host.Demo.Report;
using Spectre.Console;

namespace MeshActors.Host.Demo;

/// <summary>What the verb <c>demo</c> does.</summary>
internal static class DemoVerb
{
    /// <summary>Columns of the closing tables where the output has none of its own.</summary>
    private const int PlainColumns = 140;

    /// <summary>Runs a demo and shows it.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(
        DemoArguments arguments, HostEnvironment environment, CommandOutput output, CancellationToken cancellation)
    {
        // Also when the terminal is closed, nothing may stay behind.
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            ended.Cancel();
        });
        var run = new DemoRun(
            arguments, new DemoView(ConsoleOf(output)), new DemoLines(output), environment.Clock, environment.Random);
        string[] startingPoints = [Directory.GetCurrentDirectory(), AppContext.BaseDirectory];
        try
        {
            var summary = await run.RunAsync(startingPoints, ended.Token);
            return summary.Error is null ? ExitCode.Done : ExitCode.Failed;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new CommandFailure(
                ErrorCodes.Stopped, "The terminal was closed before the demo was done.", "Run it again.");
        }
    }

    private static IAnsiConsole ConsoleOf(CommandOutput output)
    {
        var writer = new AnsiConsoleOutput(output.People);
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = writer,
            Ansi = writer.IsTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            Interactive = writer.IsTerminal ? InteractionSupport.Yes : InteractionSupport.No,
        });
        if (!writer.IsTerminal)
        {
            console.Profile.Width = PlainColumns;
        }

        return console;
    }
}
