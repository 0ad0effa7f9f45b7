using System.Collections.Generic;
using System.Threading;

namespace MeshActors.Host.Api;

/// <summary>The tasks that callers of the API wait for, by id, so that they can be cancelled; used from several threads.</summary>
internal sealed class RunningTasks
{
    /// <summary>Beyond it a task is refused as busy.</summary>
    public const int Most = 4_096;

    private readonly Dictionary<string, CancellationTokenSource> _running = [];

    /// <summary>False when the id is taken, or there are <see cref="Most"/>.</summary>
    public bool TryAdd(string id, CancellationTokenSource cancellation)
    {
        lock (_running)
        {
            return _running.Count < Most && _running.TryAdd(id, cancellation);
        }
    }

    public void Remove(string id)
    {
        lock (_running)
        {
            _running.Remove(id);
        }
    }

    /// <summary>False when there is no such task.</summary>
    public bool TryCancel(string id)
    {
        lock (_running)
        {
            if (!_running.TryGetValue(id, out var cancellation))
            {
                return false;
            }

            cancellation.Cancel();
            return true;
        }
    }
}
