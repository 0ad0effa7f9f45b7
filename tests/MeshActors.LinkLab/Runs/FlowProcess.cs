using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using MeshActors.LinkLab.Flows;
using MeshActors.LinkLab.Linux;

namespace MeshActors.LinkLab.Runs;

/// <summary>One end of a flow, as a process in a namespace, and what it tells.</summary>
internal sealed class FlowProcess : IAsyncDisposable
{
    /// <summary>A receiver to which bytes come has told its count again after this.</summary>
    public static readonly TimeSpan CountInterval = TimeSpan.FromMilliseconds(100);

    private const string Go = "go";
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly TaskCompletionSource _up = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<(long At, long Value)> _samples = [];
    private readonly Lock _lock = new();
    private readonly Task _reading;
    private readonly Task<string> _errors;
    private string? _figures;

    private FlowProcess(Process process)
    {
        _process = process;
        _reading = ReadAsync(process.StandardOutput);
        _errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>The sender's last figures, a JSON object; null when it told none.</summary>
    public string? Figures => Volatile.Read(ref _figures);

    /// <summary>Starts an end and waits until it is ready, or has begun.</summary>
    /// <param name="place">The namespace it runs in.</param>
    /// <param name="secret">The fleet secret, as text; empty where none is needed.</param>
    /// <param name="arguments">What <see cref="FlowProgram"/> takes.</param>
    /// <exception cref="InvalidOperationException">It ended or was not up in time; the message has its last words.</exception>
    public static async Task<FlowProcess> StartAsync(
        NetworkNamespace place, string secret, params IEnumerable<string> arguments)
    {
        string[] program = ["dotnet", typeof(FlowProcess).Assembly.Location, FlowProgram.Verb];
        var process = Process.Start(place.Program(program.Concat(arguments)))!;
        var flow = new FlowProcess(process);
        try
        {
            await process.StandardInput.WriteLineAsync(secret);
            await process.StandardInput.FlushAsync();
            await flow._up.Task.WaitAsync(StartTimeout);
            return flow;
        }
        catch (Exception failure) when (failure is TimeoutException or IOException or InvalidOperationException)
        {
            await flow.DisposeAsync();
            throw new InvalidOperationException(
                $"{string.Join(' ', arguments)} did not start: {await flow._errors}", failure);
        }
    }

    /// <summary>Lets a sender begin.</summary>
    public async Task GoAsync()
    {
        await _process.StandardInput.WriteLineAsync(Go);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>All counts so far: times in nanoseconds, bytes since the start.</summary>
    public (long At, long Value)[] Samples()
    {
        lock (_lock)
        {
            return [.. _samples];
        }
    }

    /// <summary>Ends the process: first by the end of its input, then by force.</summary>
    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        try
        {
            await _process.WaitForExitAsync().WaitAsync(EndTimeout);
        }
        catch (TimeoutException)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        await _reading;
        var errors = await _errors;
        if (errors.Length > 0)
        {
            await Console.Error.WriteLineAsync(errors.TrimEnd());
        }

        _process.Dispose();
    }

    private async Task ReadAsync(StreamReader output)
    {
        while (await output.ReadLineAsync() is { } line)
        {
            var word = line.AsSpan(0, Math.Max(0, line.IndexOf(' ', StringComparison.Ordinal)));
            if (line is FlowWords.Ready or FlowWords.Begun)
            {
                _up.TrySetResult();
            }
            else if (word is FlowWords.At)
            {
                var values = line.Split(' ');
                lock (_lock)
                {
                    _samples.Add((
                        long.Parse(values[1], CultureInfo.InvariantCulture),
                        long.Parse(values[2], CultureInfo.InvariantCulture)));
                }
            }
            else if (word is FlowWords.Figures)
            {
                Volatile.Write(ref _figures, line[(FlowWords.Figures.Length + 1)..]);
            }
        }

        _up.TrySetException(new InvalidOperationException("the process ended"));
    }
}
