using System;
using MeshActors.Agents;
using MeshActors.Host.Demo.Fleet;
using MeshActors.Hosting;

namespace MeshActors.Host.Demo.Agents;

/// <summary>An agent of the demo: writes each task to the worker's journal, then has a plain class do the
/// work.</summary>
/// <remarks>The caller's trace id is the demo's name of the task.</remarks>
internal abstract class DemoAgent : MeshAgent
{
    private readonly TaskJournal _journal;
    private readonly string _worker;

    /// <param name="kit">Of the worker.</param>
    protected DemoAgent(WorkerKit kit)
    {
        _journal = kit.Journal;
        _worker = MeshExtension.For(Context.System).Mesh.Address.ToString();
    }

    /// <summary>Declares the one capability.</summary>
    protected void Serve<T>(string capability, Func<ChunkRequest, T> work) =>
        Serve<ChunkRequest, WorkDone<T>>(capability, DemoCapabilities.Version, (request, task) =>
        {
            _journal.Began(task.TraceId);
            return new WorkDone<T>(_worker, work(request));
        });
}
