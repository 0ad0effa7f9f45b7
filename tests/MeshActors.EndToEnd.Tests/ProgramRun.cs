using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;

namespace MeshActors.EndToEnd.Tests;

/// <summary>One run of the real program; killed with all its children when the test is over.</summary>
internal sealed class ProgramRun : IDisposable
{
    private readonly Process _process;
    private readonly List<string> _output = [];
    private readonly List<string> _errors = [];
    private readonly SemaphoreSlim _lines = new(0);

    private ProgramRun(Process process)
    {
        _process = process;
    }

    public int ProcessId => _process.Id;

    public int ExitCode => _process.ExitCode;

    /// <summary>Lines of standard output so far.</summary>
    public IReadOnlyList<string> Output
    {
        get
        {
            lock (_output)
            {
                return [.. _output];
            }
        }
    }

    /// <summary>All of standard error so far.</summary>
    public string Errors
    {
        get
        {
            lock (_errors)
            {
                return string.Join('\n', _errors);
            }
        }
    }

    /// <summary>Starts it.</summary>
    /// <param name="temporary">Its directory for temporary files.</param>
    /// <param name="arguments">Of the command line.</param>
    public static ProgramRun Start(string temporary, params string[] arguments) =>
        StartOf(BuiltProgram.Path, temporary, arguments);

    /// <summary>Runs it to its end.</summary>
    public static Task<ProgramRun> ToEndAsync(string temporary, TimeSpan timeout, params string[] arguments) =>
        ToEndOfAsync(BuiltProgram.Path, temporary, timeout, arguments);

    /// <summary>Runs another of the built programs to its end.</summary>
    public static async Task<ProgramRun> ToEndOfAsync(
        string program, string temporary, TimeSpan timeout, params string[] arguments)
    {
        var run = StartOf(program, temporary, arguments);
        await run.WaitForEndAsync(timeout);
        return run;
    }

    /// <summary>Waits for its end, and until all it wrote was read.</summary>
    public async Task WaitForEndAsync(TimeSpan timeout)
    {
        using var deadline = new CancellationTokenSource(timeout);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"It still runs after {timeout}. It said:\n{string.Join('\n', Output)}\n{Errors}");
        }
    }

    /// <summary>Waits until a line of either output holds a text.</summary>
    public async Task WaitForLineAsync(string text, TimeSpan timeout)
    {
        using var deadline = new CancellationTokenSource(timeout);
        while (!Output.Any(line => line.Contains(text, StringComparison.Ordinal))
            && !Errors.Contains(text, StringComparison.Ordinal))
        {
            try
            {
                await _lines.WaitAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"No \"{text}\" within {timeout}. It said:\n{string.Join('\n', Output)}\n{Errors}");
            }
        }
    }

    /// <summary>The lines of standard output, each a JSON object.</summary>
    public List<JsonElement> Json() => [.. Output.Select(line => JsonDocument.Parse(line).RootElement)];

    /// <summary>Sends a signal by its name, as <c>TERM</c>.</summary>
    public void Signal(string name)
    {
        using var kill = Process.Start("kill", ["-" + name, _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
        _lines.Dispose();
    }

    private static ProgramRun StartOf(string program, string temporary, string[] arguments)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = BuiltProgram.Repository,
        };
        start.Environment["TMPDIR"] = temporary;
        start.Environment["XDG_STATE_HOME"] = Path.Combine(temporary, "state");
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        var run = new ProgramRun(new Process { StartInfo = start });
        run._process.OutputDataReceived += (_, line) => run.Take(run._output, line.Data);
        run._process.ErrorDataReceived += (_, line) => run.Take(run._errors, line.Data);
        run._process.Start();
        run._process.BeginOutputReadLine();
        run._process.BeginErrorReadLine();
        return run;
    }

    private void Take(List<string> lines, string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (lines)
        {
            lines.Add(line);
        }

        _lines.Release();
    }
}
