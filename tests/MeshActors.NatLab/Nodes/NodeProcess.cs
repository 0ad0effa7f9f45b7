using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using MeshActors.LinkLab.Linux;
using MeshActors.Transport.Time;

namespace MeshActors.NatLab.Nodes;

/// <summary>A real node in a process of its own in a namespace, and all that it told.</summary>
internal sealed class NodeProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly Task _reading;
    private readonly Task<string> _errors;
    private readonly List<NodeEvent> _events = [];
    private readonly Lock _lock = new();
    private TaskCompletionSource _told = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _ended;

    private NodeProcess(Process process)
    {
        _process = process;
        _reading = ReadAsync();
        _errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Starts a node and waits until it runs.</summary>
    /// <exception cref="InvalidOperationException">It ended, or took too long; the message has its last words.</exception>
    public static async Task<NodeProcess> StartAsync(NetworkNamespace place, NodeOrder order)
    {
        var process = Process.Start(place.Program("dotnet", typeof(NodeProcess).Assembly.Location, NodeProgram.Verb))!;
        var node = new NodeProcess(process);
        await node.SayAsync(order);
        if (await node.WaitAsync(NodeEvent.Up, StartTimeout) is null)
        {
            await node.DisposeAsync();
            throw new InvalidOperationException($"A node in {place.Name} did not start: {await node._errors}");
        }

        return node;
    }

    /// <summary>Everything so far.</summary>
    public IReadOnlyList<NodeEvent> Events
    {
        get
        {
            lock (_lock)
            {
                return [.. _events];
            }
        }
    }

    /// <summary>The endpoint that packets take, or <c>relayed</c>; null before the first.</summary>
    public NodeEvent? Path => Events.LastOrDefault(happened => happened.Kind == NodeEvent.Moved);

    /// <summary>Asks for something.</summary>
    public Task AskAsync(string wish, PeerWords? peer = null) => SayAsync(new NodeWish(wish, peer));

    /// <summary>Waits for the first event of a kind, or the first after so many events.</summary>
    /// <returns>Null when it did not come in time.</returns>
    public async Task<NodeEvent?> WaitAsync(string kind, TimeSpan most, int after = 0)
    {
        var end = Clock.System.Now + most;
        while (true)
        {
            Task told;
            lock (_lock)
            {
                if (_events.Skip(after).FirstOrDefault(happened => happened.Kind == kind) is { } found)
                {
                    return found;
                }

                told = _told.Task;
            }

            var left = end - Clock.System.Now;
            if (left <= TimeSpan.Zero || _ended)
            {
                return null;
            }

            await Task.WhenAny(told, Task.Delay(left, Clock.System.Provider));
        }
    }

    /// <summary>What was heard since the last call.</summary>
    public async Task<NodeEvent?> ReportAsync()
    {
        var after = Events.Count;
        await AskAsync(NodeWish.Report);
        return await WaitAsync(NodeEvent.Figures, EndTimeout, after);
    }

    /// <summary>Ends it at once, as a machine that fails does.</summary>
    public void Kill() => _process.Kill();

    public async ValueTask DisposeAsync()
    {
        try
        {
            _process.StandardInput.Close();
            await _process.WaitForExitAsync().WaitAsync(EndTimeout);
        }
        catch (Exception failure) when (failure is TimeoutException or IOException)
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

    private async Task SayAsync<T>(T line)
    {
        await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(line));
        await _process.StandardInput.FlushAsync();
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            var happened = JsonSerializer.Deserialize<NodeEvent>(line)!;
            TaskCompletionSource told;
            lock (_lock)
            {
                _events.Add(happened);
                (told, _told) = (_told, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            }

            told.TrySetResult();
        }

        _ended = true;
        _told.TrySetResult();
    }
}
