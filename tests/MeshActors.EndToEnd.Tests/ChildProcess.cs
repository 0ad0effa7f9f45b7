using System;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;

namespace MeshActors.EndToEnd.Tests;

/// <summary>A process that another process started, on Linux.</summary>
internal sealed class ChildProcess
{
    private readonly Process _process;

    public ChildProcess(int id)
    {
        _process = Process.GetProcessById(id);
    }

    /// <summary>A process that has ended but was not collected by its parent counts as ended.</summary>
    public bool IsRunning => !_process.HasExited && ChildProcesses.Stat(_process.Id) is { State: not 'Z' };

    public async Task WaitForEndAsync(TimeSpan timeout)
    {
        using var deadline = new CancellationTokenSource(timeout);
        while (IsRunning)
        {
            await Task.Delay(20, deadline.Token);
        }
    }
}
