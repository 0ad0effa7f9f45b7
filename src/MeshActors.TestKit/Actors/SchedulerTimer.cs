using System;
using System.Threading;
using System.Threading.Tasks;
using Akka.TestKit;

namespace MeshActors.TestKit.Actors;

/// <summary>A timer on Akka's test scheduler, which cannot be told to forget an action: one that was changed or disposed ignores it.</summary>
internal sealed class SchedulerTimer : ITimer
{
    private readonly TestScheduler _scheduler;
    private readonly Action _callback;
    private int _version;

    public SchedulerTimer(TestScheduler scheduler, Action callback)
    {
        _scheduler = scheduler;
        _callback = callback;
    }

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        _version++;
        if (dueTime >= TimeSpan.Zero)
        {
            Schedule(_version, dueTime, period);
        }

        return true;
    }

    public void Dispose() => _version++;

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private void Schedule(int version, TimeSpan dueTime, TimeSpan period) =>
        _scheduler.Advanced.ScheduleOnce(dueTime, () => Fire(version, period));

    private void Fire(int version, TimeSpan period)
    {
        if (version != _version)
        {
            return;
        }

        if (period > TimeSpan.Zero)
        {
            Schedule(version, period, period);
        }

        _callback();
    }
}
