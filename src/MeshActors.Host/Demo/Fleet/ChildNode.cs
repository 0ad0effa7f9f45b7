using System;
using System.Diagnostics;
using System.IO;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using MeshActors.Host.Cli;

namespace MeshActors.Host.Demo.Fleet;

/// <summary>One process of the demo, seen from the process that started it.</summary>
/// <remarks>
/// The child ends when its standard input ends: when the parent closes it, and also when the parent is gone without a
/// word. Disposing kills what still runs.
/// </remarks>
internal sealed class ChildNode : IAsyncDisposable
{
    private readonly Process _process;
    private readonly LastLines _errors = new();
    private readonly TaskCompletionSource<NodeReady?> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _disposed;

    private ChildNode(NodeSpec spec, Process process)
    {
        Spec = spec;
        _process = process;
    }

    public NodeSpec Spec { get; }

    /// <summary>The process's number.</summary>
    public int ProcessId { get; private set; }

    /// <summary>Its mesh address; empty before it is ready.</summary>
    public string Address { get; private set; } = string.Empty;

    /// <summary>Writes the specification and starts the process.</summary>
    /// <exception cref="CommandFailure">The process cannot be started.</exception>
    public static ChildNode Start(NodeSpec spec, string directory)
    {
        var file = Path.Combine(directory, spec.Name + ".json");
        File.WriteAllText(file, JsonSerializer.Serialize(spec, NodeSpec.Json));
        var process = new Process
        {
            StartInfo = SelfProgram.StartInfo([NodeSpec.Verb, file]),
            EnableRaisingEvents = true,
        };
        var child = new ChildNode(spec, process);
        process.OutputDataReceived += (_, line) => child.HandleOutput(line.Data);
        process.ErrorDataReceived += (_, line) => child.HandleError(line.Data);
        process.Exited += (_, _) => child._ready.TrySetResult(null);
        try
        {
            process.Start();
            child.ProcessId = process.Id;
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            throw new CommandFailure(
                "no-program",
                $"{spec.Name} could not be started: {e.Message}",
                "Check that this user may execute the program's file.");
        }

        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return child;
    }

    /// <summary>Waits until the node works.</summary>
    /// <exception cref="CommandFailure">It ended before, or the deadline passed; has its last lines.</exception>
    public async Task<NodeReady> WaitReadyAsync(TimeSpan timeout, TimeProvider time, CancellationToken cancellation)
    {
        try
        {
            if (await _ready.Task.WaitAsync(timeout, time, cancellation) is { } ready)
            {
                Address = ready.Address;
                return ready;
            }
        }
        catch (TimeoutException)
        {
            throw Failed($"was not ready after {timeout.TotalSeconds:0} s");
        }

        // This wait also ends only when all it wrote has been read.
        await _process.WaitForExitAsync(cancellation);
        throw Failed("ended before it was ready");
    }

    /// <summary>SIGKILL: the process gets no chance to say or save anything.</summary>
    public void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }
    }

    /// <summary>Asks it to stop by ending its input, and waits.</summary>
    /// <returns>False when it still ran at the deadline.</returns>
    public async Task<bool> StopAsync(TimeSpan timeout, TimeProvider time)
    {
        CloseInput();
        try
        {
            await _process.WaitForExitAsync().WaitAsync(timeout, time);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private void CloseInput()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // Its end of the pipe is gone, and so is it.
        }
    }

    private void HandleOutput(string? line)
    {
        if (line is null)
        {
            return;
        }

        try
        {
            if (JsonSerializer.Deserialize<NodeReady>(line, NodeSpec.Json) is { Address: not null } ready)
            {
                _ready.TrySetResult(ready);
                return;
            }
        }
        catch (JsonException)
        {
            // Not the line waited for; kept for people.
        }

        _errors.Add(line);
    }

    private void HandleError(string? line)
    {
        if (line is not null)
        {
            _errors.Add(line);
        }
    }

    private CommandFailure Failed(string what)
    {
        var lines = _errors.ToString();
        return new CommandFailure(
            "node-failed",
            $"{Spec.Name} {what}" + (lines.Length > 0 ? $". It said:\n{lines}" : "."),
            "Look at its last lines; another program may keep this machine busy.");
    }
}
