using System;
using System.Threading;
using Akka.TestKit;
using MeshActors.TestKit.Simulation;

namespace MeshActors.TestKit.Actors;

/// <summary>The time of Akka's test scheduler as a time provider, timers too: shells and actors of a spec live in one time, which passes when the spec says so.</summary>
/// <remarks>Wall time begins an hour after <see cref="SimIdentities.Epoch"/>, when the certificates of simulated nodes are valid.</remarks>
internal sealed class SchedulerTime : TimeProvider
{
    private readonly TestScheduler _scheduler;
    private readonly DateTimeOffset _origin;

    public SchedulerTime(TestScheduler scheduler)
    {
        _scheduler = scheduler;
        _origin = scheduler.Now;
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _scheduler.Now.Ticks;

    public override DateTimeOffset GetUtcNow() => SimIdentities.Epoch + TimeSpan.FromHours(1) + (_scheduler.Now - _origin);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new SchedulerTimer(_scheduler, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }
}
