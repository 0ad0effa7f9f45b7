using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace MeshActors.Benchmarks.Children;

/// <summary>The parent's end of one child process: started from the same program, ended with this object.</summary>
internal sealed class ChildLink : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(3);

    private readonly Process _process;
    private readonly string _role;

    private ChildLink(Process process, string role)
    {
        _process = process;
        _role = role;
    }

    public int ProcessId => _process.Id;

    /// <summary>Starts a child.</summary>
    /// <param name="role">What it is to be, see <see cref="ChildRoles"/>.</param>
    /// <param name="place">Where it runs and what it binds.</param>
    public static ChildLink Start(string role, ChildPlace place)
    {
        List<string> line = [.. Program(), ChildRoles.Word, role, place.Address.ToString()];
        if (place.Core is { } core)
        {
            line.InsertRange(0, ["taskset", "-c", core.ToString(CultureInfo.InvariantCulture)]);
        }

        if (place.NetworkNamespace.Length > 0)
        {
            line.InsertRange(0, ["ip", "netns", "exec", place.NetworkNamespace]);
        }

        var start = new ProcessStartInfo(line[0], line.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var process = Process.Start(start) ?? throw new InvalidOperationException("The child process did not start.");
        return new ChildLink(process, role);
    }

    /// <summary>Tells it something and waits for its answer.</summary>
    /// <param name="command">What to do.</param>
    /// <param name="extra">How much longer than 30 s the answer may take.</param>
    /// <exception cref="BenchException">It answered with an error, not in time, or has ended.</exception>
    public async Task<ChildAnswer> AskAsync(ChildCommand command, TimeSpan extra = default)
    {
        using var deadline = new CancellationTokenSource(Patience + extra);
        try
        {
            await _process.StandardInput.WriteLineAsync(ChildLines.Write(command).AsMemory(), deadline.Token);
            await _process.StandardInput.FlushAsync(deadline.Token);
            var line = await _process.StandardOutput.ReadLineAsync(deadline.Token)
                ?? throw new BenchException($"The child {_role} has ended, {command.Verb} was not answered.");
            var answer = ChildLines.Read<ChildAnswer>(line);
            return answer.Error.Length == 0
                ? answer
                : throw new BenchException($"The child {_role} could not {command.Verb}: {answer.Error}");
        }
        catch (OperationCanceledException)
        {
            throw new BenchException($"The child {_role} did not answer {command.Verb} in time.");
        }
        catch (IOException failure)
        {
            throw new BenchException($"The child {_role} has ended, {command.Verb} was not answered.", failure);
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            _process.StandardInput.Close();
            using var deadline = new CancellationTokenSource(EndPatience);
            await _process.WaitForExitAsync(deadline.Token);
        }
        catch (Exception failure) when (failure is OperationCanceledException or IOException)
        {
            // It did not end by itself.
        }

        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    /// <summary>How this very program was started, without its arguments.</summary>
    private static string[] Program()
    {
        var host = Environment.ProcessPath ?? throw new BenchException("The program does not know its own file.");
        return Path.GetFileNameWithoutExtension(host) == "dotnet"
            ? [host, typeof(ChildLink).Assembly.Location]
            : [host];
    }
}
