using System;
using System.Diagnostics;
using System.Threading;
using Akka.Actor;
using MeshActors.Telemetry;

namespace MeshActors.Tasks;

/// <summary>The calling code's hold on a task under way: its span, its cancellation, and its end.</summary>
internal sealed class MeshCall : IDisposable
{
    private readonly IActorRef _tasks;
    private readonly TaskId _task;
    private readonly CancellationTokenRegistration _cancellation;
    private Activity? _activity;
    private bool _ended;

    public MeshCall(IActorRef tasks, TaskId task, Activity? activity, CancellationToken cancellationToken)
    {
        _tasks = tasks;
        _task = task;
        _activity = activity;
        _cancellation = cancellationToken.Register(Cancel);
    }

    /// <summary>The task has ended; a failure is named by its code.</summary>
    public void End(string? failure)
    {
        _ended = true;
        MeshTelemetry.End(_activity, failure);
        _activity = null;
    }

    /// <summary>Whoever leaves before the end wants the task no more.</summary>
    public void Dispose()
    {
        _cancellation.Dispose();
        if (!_ended)
        {
            Cancel();
            End(MeshErrorCode.Cancelled.ToName());
        }
    }

    private void Cancel() => _tasks.Tell(new TasksActor.CancelTask(_task));
}
